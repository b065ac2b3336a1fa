/** Up to where a list stands in one line. */
const WIDTH = 80;
const STEP = '  ';

/** A JSON value as people write it in TypeScript, formatted as Prettier and Biome would. */
export function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return list(value, indent);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value).map(
    ([name, member]) => `${keyOf(name)}: ${literal(member, indent + STEP)}`,
  );
  return members.length === 0 ? '{}' : enclosed('{', members, '}', indent);
}

function list(values: unknown[], indent: string): string {
  const items = values.map((value) => literal(value, indent + STEP));
  const line = `[${items.join(', ')}]`;
  const isPlain = values.every((value) => typeof value !== 'object' || value === null);
  return isPlain && indent.length + line.length <= WIDTH ? line : enclosed('[', items, ']', indent);
}

const enclosed = (open: string, items: string[], close: string, indent: string): string =>
  [open, ...items.map((item) => `${indent}${STEP}${item},`), indent + close].join('\n');

/** In quotes that need to be escaped less often. */
function text(value: string): string {
  const quoted = JSON.stringify(value);
  if (value.split("'").length > value.split('"').length) return quoted;
  return `'${quoted.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** `__proto__: …` would be no member but the prototype. */
function keyOf(name: string): string {
  if (name === '__proto__') return `['${name}']`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name);
}

/** `nightly-report` → `NightlyReport`, as constructs are called. */
const pascal = (id: string): string =>
  id
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

/** The task as a construct of a CDK app. */
export const scheduledTask = (id: string, task: object): string =>
  `import { ScheduledTask } from 'escapement';

new ScheduledTask(this, ${text(pascal(id))}, {
  scheduler,
  id: ${text(id)},
  task: ${literal(task, STEP)},
});
`;
