import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { documented } from '../infra/documented-settings.ts';

const text = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const table = text.split('## Settings')[1]?.split('\n## ')[0] ?? '';
const rows = new Map(
  [...table.matchAll(/^\| `([\w.<>]+)` \| (.+?) \| (.+?) \|$/gm)].map(([, setting = '', told = '']) => [
    setting,
    told,
  ]),
);

/** As the table has it: a value as code and without quotes, words as they are. */
const toldAs = (stated = ''): string =>
  stated.startsWith('- ') ? stated.slice(2) : `\`${stated.replaceAll("'", '')}\``;

const all = documented();
/** Groups are only there for what is in them. */
const settings = all.filter(({ path }) => !all.some((other) => other.path.startsWith(`${path}.`)));

it('docs/deploy.md has every setting, and none that does not exist', () => {
  expect(settings.length).toBeGreaterThan(40);
  const names = settings.map(({ path }) => path.replace('.sample.', '.<name>.'));
  expect([...rows.keys()]).toEqual(names);
});

it.each(settings)('docs/deploy.md tells the default of $path', ({ path, stated }) => {
  expect(rows.get(path.replace('.sample.', '.<name>.'))).toBe(toldAs(stated));
});
