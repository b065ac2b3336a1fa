import { table } from '../table.ts';
import type { Line } from './carry-over.ts';
import type { HandedBack } from './hand-back.ts';
import type { Part } from './parts.ts';
import type { Allowance } from './targets.ts';

const SIGNS: Record<Part['maps'], string> = { exactly: '=', differently: '~', not: '!' };

interface Told {
  id: string;
  outcome: string;
  parts: readonly Part[];
  notes: readonly string[];
}

/** A line each, and below it what maps (=), what differs (~), what does not map (!) and what else there is to say (·). */
function told<L extends Told>(lines: readonly L[], what: (line: L) => string, closing: string): string {
  const rows = lines.flatMap((line) => [
    [line.id, line.outcome, what(line)],
    ...line.parts.map(({ part, maps, message }) => [`  ${SIGNS[maps]} ${part}`, maps, message]),
    ...line.notes.map((note) => ['  ·', '', note]),
  ]);
  const counts = [...Map.groupBy(lines, ({ outcome }) => outcome)].map(
    ([outcome, of]) => `${of.length} ${outcome}`,
  );
  return [
    table(['task', 'outcome', 'what'], rows),
    `${lines.length} ${closing}: ${counts.join(', ') || 'none'}`,
  ].join('\n');
}

export const importText = (lines: readonly Line[]): string =>
  told(lines, ({ original }) => `original ${original}`, 'schedules');

export const exportText = (lines: readonly HandedBack[]): string =>
  told(lines, ({ schedule, task }) => `${schedule}, task ${task}`, 'tasks');

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
