export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

/** JSON in which references lead to their schemas. */
export const json = (value: unknown): string =>
  `<pre>${escapeHtml(JSON.stringify(value, null, 2)).replaceAll(
    /#\/components\/schemas\/(\w+)/g,
    '<a href="#schema-$1">$1</a>',
  )}</pre>`;

const NAME = /^#\/components\/schemas\/(\w+)$/;

/** A schema in a few words, with a link where it has a name. */
export function inWords(schema: unknown): string {
  const { $ref, type, items, anyOf, oneOf, properties, format } = Object(schema);
  const name = typeof $ref === 'string' ? NAME.exec($ref)?.[1] : undefined;
  if (name !== undefined) return `<a href="#schema-${name}">${name}</a>`;
  const choices: unknown = anyOf ?? oneOf;
  if (Array.isArray(choices)) return choices.map(inWords).join(' or ');
  if (items !== undefined) return `list of ${inWords(items)}`;
  const listed = Object(properties).items;
  if (listed !== undefined && 'nextCursor' in properties) return inWords(listed);
  if (typeof type !== 'string') return 'any';
  return escapeHtml(format === undefined ? type : `${type} (${format})`);
}
