import type { Step } from './plan.ts';
import { brief } from './run-words.ts';
import { oneLine } from './table.ts';
import { moment } from './words.ts';

const SIGNS = { added: '+', changed: '~', unchanged: ' ', orphaned: '-' } as const;

export function planText(plan: readonly Step[], nowMs: number): string {
  const lines = plan.flatMap((step) => (step.action === 'unchanged' ? [] : stepLines(step, nowMs)));
  return [...lines, tally(plan)].join('\n');
}

function stepLines(step: Exclude<Step, { action: 'unchanged' }>, nowMs: number): string[] {
  const task = step.action === 'orphaned' ? step.before : step.after;
  const next = (instants: readonly string[]) => instants.map((at) => moment(at, nowMs)).join(', ') || 'never';
  const lines = [`${SIGNS[step.action]} ${step.id}  ${oneLine(task.name)}, ${task.scheduleDescription}`];
  if (step.action === 'changed') {
    for (const { field, before, after } of step.changes)
      lines.push(`    ${field}: ${value(before)} → ${value(after)}`);
  }
  const { before, after } = step.firings;
  if (step.action === 'changed' && before.join() === after.join()) lines.push(`    next: ${next(after)}`);
  else {
    if (step.action !== 'added') lines.push(`    next before: ${next(before)}`);
    if (step.action !== 'orphaned') lines.push(`    next after:  ${next(after)}`);
  }
  return lines;
}

const value = (given: unknown): string =>
  given === undefined ? '(none)' : oneLine(brief(JSON.stringify(given)));

export function tally(plan: readonly Step[]): string {
  const count = (action: Step['action']) => plan.filter((step) => step.action === action).length;
  return `${count('added')} added, ${count('changed')} changed, ${count('unchanged')} unchanged, ${count('orphaned')} orphaned`;
}
