import type { OpenApiDocument, Operation } from '../openapi.ts';
import { code, escapeHtml, inWords, json } from './html.ts';

/** As openapi/responses.ts writes them. */
interface Media {
  schema?: unknown;
  example?: unknown;
  examples?: Record<string, { summary: string; value: unknown }>;
}
interface Answer {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Media>;
}

export function operationSection(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: Operation,
): string {
  const { operationId, summary, description, security } = operation;
  const roles = security.flatMap((one) => Object.values(Object(one))).flat();
  return `<section id="${escapeHtml(operationId)}">
<span class="role">${escapeHtml(roles.length > 0 ? roles.join(', ') : 'no role')}</span>
<h3><span class="method ${method}">${method.toUpperCase()}</span>${code(path)}</h3>
<p>${escapeHtml(summary)}. <span class="soft">${escapeHtml(description)}</span></p>
${parameterTable(operation)}${bodyPart(operation)}${answerPart(document, operation)}
</section>`;
}

function parameterTable({ parameters }: Operation): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, description, schema, example }) =>
      `<tr><td>${code(name)}<td>${place}${required ? ', required' : ''}<td>${inWords(schema)}<td>${escapeHtml(description)}${
        example === undefined ? '' : ` <span class="soft">such as</span> ${code(String(example))}`
      }</tr>`,
  );
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`;
}

function bodyPart({ requestBody }: Operation): string {
  if (!requestBody) return '';
  const { required, content } = requestBody as { required: boolean; content: Record<string, Media> };
  const [media] = Object.values(content);
  const types = Object.keys(content).map(code).join(' or ');
  return `<h4>Body</h4><p>${inWords(media?.schema)} as ${types}${required ? '' : ', or none'}</p>${exampleOf(media)}`;
}

function answerPart({ components }: OpenApiDocument, { responses }: Operation): string {
  const answers = Object.entries(responses).map(([status, response]) => {
    const { $ref } = Object(response);
    const name = typeof $ref === 'string' ? $ref.replace('#/components/responses/', '') : undefined;
    const answer = (name === undefined ? response : components.responses[name]) as Answer;
    return { status: Number(status), name, answer };
  });
  const good = answers
    .filter(({ status }) => status < 400)
    .map(({ status, answer }) => success(status, answer));
  const bad = answers
    .filter(({ status }) => status >= 400)
    .map(({ status, name, answer }) => {
      const codes = Object.keys(answer.content?.['application/problem+json']?.examples ?? {});
      const link = name === undefined ? '' : ` <a href="#answer-${name}">example</a>`;
      return `<tr><td>${status}<td>${escapeHtml(answer.description)} ${codes.map(code).join(' ')}${link}</tr>`;
    });
  return `<h4>Answers</h4>${good.join('')}<details><summary>Refusals: ${[
    ...new Set(answers.filter(({ status }) => status >= 400).map(({ status }) => status)),
  ].join(', ')}</summary><table>${bad.join('')}</table></details>`;
}

function success(status: number, { description, headers = {}, content = {} }: Answer): string {
  const [media] = Object.values(content);
  const [type] = Object.keys(content);
  const what =
    type === undefined ? 'no body' : type.includes('json') ? inWords(media?.schema) : escapeHtml(type);
  const own = Object.keys(headers).filter((name) => name !== 'x-request-id');
  const told = own.length > 0 ? ` <span class="soft">with</span> ${own.map(code).join(', ')}` : '';
  return `<p><b>${status}</b> ${escapeHtml(description)}: ${what}${told}</p>${exampleOf(media)}`;
}

const exampleOf = (media: Media | undefined): string =>
  media?.example === undefined ? '' : `<details><summary>Example</summary>${json(media.example)}</details>`;

/** Refusals are shared by operations; each is shown once. */
export const refusalSection = (name: string, answer: unknown): string => {
  const { description, content = {} } = answer as Answer;
  const examples = Object.values(content['application/problem+json']?.examples ?? {});
  return `<details id="answer-${escapeHtml(name)}"><summary>${escapeHtml(description)}</summary>${examples
    .map(({ value }) => json(value))
    .join('')}</details>`;
};
