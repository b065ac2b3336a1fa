import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '../openapi.ts';
import type { Reply } from '../route.ts';
import { code, escapeHtml, json } from './html.ts';
import { operationSection, refusalSection } from './operation.ts';
import { STYLE } from './style.ts';

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`;

/** The description as one page without any script. */
export function docsPage(document: OpenApiDocument): Reply {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'head')
      .map(([method, operation]) => ({ path, method, operation })),
  );
  const ofTag = (name: string) => operations.filter(({ operation }) => operation.tags.includes(name));
  const title = escapeHtml(info.title);
  const links = tags.map(
    ({ name }) =>
      `<b>${escapeHtml(name)}</b>${ofTag(name)
        .map(
          ({ path, method, operation: { operationId } }) =>
            `<a href="#${escapeHtml(operationId)}">${method.toUpperCase()} ${escapeHtml(path)}</a>`,
        )
        .join('')}`,
  );
  const groups = tags.map(
    ({ name, description }) => `<h2 id="tag-${escapeHtml(name)}">${escapeHtml(name)}</h2>
<p>${escapeHtml(description)}</p>
${ofTag(name)
  .map(({ path, method, operation }) => operationSection(document, path, method, operation))
  .join('\n')}`,
  );
  const words = info.description.split('\n\n').map((part) => `<p>${inlineCode(part)}</p>`);
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<nav>${links.join('')}<b>More</b><a href="#refusals">Refusals</a><a href="#schemas">Schemas</a></nav>
<main>
<h1>${title} ${escapeHtml(info.version)}</h1>
${words.join('\n')}
<p>For machines: <a href="/v1/openapi.json">/v1/openapi.json</a> (OpenAPI 3.1). Credentials go into the header
${code('Authorization: Bearer <token>')}; roles are viewer, operator and admin, each of which may do what the ones before may.</p>
${groups.join('\n')}
<h2 id="refusals">Refusals</h2>
${Object.entries(components.responses)
  .map(([name, answer]) => refusalSection(name, answer))
  .join('\n')}
<h2 id="schemas">Schemas</h2>
${Object.entries(components.schemas)
  .map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary>${escapeHtml(name)}</summary>${json(schema)}</details>`,
  )
  .join('\n')}
</main>
</html>
`,
  };
}

const inlineCode = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
