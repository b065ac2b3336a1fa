import { createHash } from 'node:crypto';
import type { OpenApiDocument, Operation } from './openapi.ts';
import type { Reply } from './route.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: .4rem; }
section { border-top: 1px solid #8884; padding: .5rem 0; }
h3 { margin: .5rem 0 0; } h3 b { display: inline-block; min-width: 4.5rem; }
p { margin: .25rem 0; } table { border-collapse: collapse; } td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`;

/** The description as one page without any script. */
export const docsPage = (document: OpenApiDocument): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(document.info.title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(document.info.title)} ${escapeHtml(document.info.version)}</h1>
<p>${escapeHtml(document.info.description)}</p>
<p>For machines: <a href="/v1/openapi.json">/v1/openapi.json</a> (OpenAPI 3.1)</p>
<h2>Operations</h2>
${Object.entries(document.paths).map(pathSections).join('\n')}
<h2>Schemas</h2>
${Object.entries(document.components.schemas).map(schemaSection).join('\n')}
</html>
`,
});

const pathSections = ([path, operations]: [string, Record<string, Operation>]): string =>
  Object.entries(operations)
    .map(
      ([method, operation]) => `<section id="${escapeHtml(operation.operationId)}">
<h3><b>${escapeHtml(method.toUpperCase())}</b> <code>${escapeHtml(path)}</code></h3>
<p>${escapeHtml(operation.summary)}. ${escapeHtml(operation.description)}</p>
${parameterTable(operation)}
<p>Answers ${Object.keys(operation.responses)
        .filter((status) => status !== 'default')
        .join(', ')}</p>
</section>`,
    )
    .join('\n');

function parameterTable({ parameters }: Operation): string {
  const rows = parameters
    .filter((parameter) => parameter.in !== 'path')
    .map(
      ({ name, in: place, description = '' }) =>
        `<tr><td><code>${escapeHtml(name)}</code><td>${place}<td>${escapeHtml(description)}</tr>`,
    );
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

const schemaSection = ([name, schema]: [string, unknown]): string =>
  `<details id="schema-${escapeHtml(name)}"><summary>${escapeHtml(name)}</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
