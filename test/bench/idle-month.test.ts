import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseTemplate } from '../../infra/local/template/assembly.ts';
import { deployment } from '../infra/deployment.ts';
import { costOfIdleMonth } from './cost.ts';
import { countIdleMinute } from './counted.ts';
import { standingOf } from './stack.ts';

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
const text = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

// It counts two hours, minute by minute, on the embedded engine.
it('docs/cost.md and README say what a month costs in which nothing is due', async () => {
  const standing = standingOf(parseTemplate(deployment().template.toJSON()));
  const month = async (canary: boolean) =>
    costOfIdleMonth(await countIdleMinute({ shards: 4, canary }), standing);
  const { total, ...parts } = await month(true);

  const section = text('docs/cost.md').split('## A month in which nothing is due')[1] ?? '';
  const told = [...section.matchAll(/^\| (\w+) \| (\$[\d.]+) \|$/gm)].map(([, name, cost]) => [name, cost]);
  const counted = Object.entries(parts).filter(([, cost]) => cost > 0.005);
  expect(told.sort()).toEqual(counted.map(([name, cost]) => [name, dollars(cost)]).sort());
  expect(section).toContain(`| **total** | **${dollars(total)}** |`);
  expect(section).toContain(`\`"canary": false\` saves ${dollars(total - (await month(false)).total)}`);
  expect(text('README.md')).toContain(dollars(total));
}, 120_000);
