import { table } from '../table.ts';
import type { Line } from './carry-over.ts';
import type { Part } from './mapping.ts';
import type { Allowance } from './targets.ts';

const SIGNS: Record<Part['maps'], string> = { exactly: '=', differently: '~', not: '!' };

/** A line each, and below it what maps (=), what differs (~), what does not map (!) and what else there is to say (·). */
export function importText(lines: readonly Line[]): string {
  const rows = lines.flatMap(({ id, outcome, original, parts, notes }) => [
    [id, outcome, `original ${original}`],
    ...parts.map(({ part, maps, message }) => [`  ${SIGNS[maps]} ${part}`, maps, message]),
    ...notes.map((note) => ['  ·', '', note]),
  ]);
  const count = (of: (line: Line) => boolean) => lines.filter(of).length;
  const outcomes = [...new Set(lines.map(({ outcome }) => outcome))];
  const tally = outcomes.map((one) => `${count(({ outcome }) => outcome === one)} ${one}`);
  return [
    table(['task', 'outcome', 'what'], rows),
    `${lines.length} schedules: ${tally.join(', ') || 'none'}`,
  ].join('\n');
}

/** The part of the configuration that would let them in. */
export function allowText(lines: readonly Line[]): string | undefined {
  const allow = lines.flatMap((line) => (line.allow ? [line.allow] : []));
  if (allow.length === 0) return undefined;
  const settings = Map.groupBy(allow, ({ setting }: Allowance) => setting);
  const targets = Object.fromEntries(
    [...settings].map(([setting, found]) => [setting, [...new Set(found.map(({ arn }) => arn))].sort()]),
  );
  const snippet = JSON.stringify({ context: { escapement: { targets } } }, null, 2);
  return `The deployment does not allow these targets. Add them to its cdk.json, deploy, and import again:\n${snippet}`;
}

/** Nothing that is to be there is missing. */
export const isLeft = ({ outcome }: Line): boolean => outcome === 'not mapped' || outcome === 'refused';
