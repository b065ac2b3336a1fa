/** What an expression of CloudWatch's metric math makes of one period; undefined = no data point. */
export type Point = number | undefined;

type Read = (name: string) => Point;
const TOKEN = /\s*(>=|<=|[-+*/()<>,]|[A-Za-z]\w*|\d+(?:\.\d+)?)/y;

/** As much of the language as the alarms use: arithmetic, comparisons, IF and FILL. Anything else throws. */
export function evaluate(expression: string, read: Read): Point {
  const tokens = tokenize(expression);
  let at = 0;
  const peek = () => tokens[at];
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`expected ${expected ?? 'more'} in "${expression}", got ${token}`);
    return token;
  };

  const comparison = (): Point => leftToRight(sum, ['>', '>=', '<', '<=']);
  const sum = (): Point => leftToRight(product, ['+', '-']);
  const product = (): Point => leftToRight(atom, ['*', '/']);

  function leftToRight(operand: () => Point, operators: string[]): Point {
    let value = operand();
    while (operators.includes(peek() ?? '')) value = apply(take(), value, operand());
    return value;
  }
  function atom(): Point {
    const token = take();
    if (token === '(') {
      const value = comparison();
      take(')');
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (peek() !== '(') return read(token);
    take('(');
    const values = [comparison()];
    while (peek() === ',') {
      take(',');
      values.push(comparison());
    }
    take(')');
    return call(token, values);
  }

  const value = comparison();
  if (at !== tokens.length) throw new Error(`"${expression}" goes on at ${peek()}`);
  return value;
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(expression)?.[1];
    if (token === undefined) throw new Error(`not understood: "${expression.slice(start)}"`);
    tokens.push(token);
  }
  return tokens;
}

function call(name: string, values: Point[]): Point {
  const [first, second, third] = values;
  if (name === 'FILL' && values.length === 2) return first ?? second;
  if (name === 'IF' && values.length === 3) return first === undefined ? undefined : first ? second : third;
  throw new Error(`unknown function ${name} of ${values.length}`);
}

/** Without a point on either side there is none; a division by zero gives none either. */
function apply(operator: string, a: Point, b: Point): Point {
  if (a === undefined || b === undefined) return undefined;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? undefined : a / b;
    case '>':
      return Number(a > b);
    case '>=':
      return Number(a >= b);
    case '<':
      return Number(a < b);
    default:
      return Number(a <= b);
  }
}
