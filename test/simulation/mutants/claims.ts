import { DOMAIN, type Mutant, STORES, USE_CASES } from './mutant.ts';

const CLAIM = `${USE_CASES}run-execution/claim-occurrence.ts`;
const TASKS = `${DOMAIN}task-transitions.ts`;

/** W1, W2, CLAIM: how an occurrence becomes a run, and how the task moves on. */
export const CLAIMS: Mutant[] = [
  {
    name: 'W1 puts over what is there',
    rule: 'W1: put if absent',
    file: `${STORES}execution-store.ts`,
    old: '      ConditionExpression: absent(e),\n',
    new: "      ConditionExpression: `attribute_exists(${e.name('pk')}) OR attribute_not_exists(${e.name('pk')})`,\n",
  },
  {
    name: 'advance before the claim',
    rule: 'first W1, then W2',
    file: CLAIM,
    old: '      const inserted = await executions.insert(run);\n      if (inserted.ok || inserted',
    new: `      const pointer = runPointer(run.occurrence, 0);
      if (!(await advance(deps, run, task, plan, pointer, delivery))) return done('refused');
      const inserted = await executions.insert(run);
      if (inserted.ok) return runAttempt(deps, { task, run, owner, t0, confirmed: t0 }, delivery);
      if (inserted.ok || inserted`,
  },
  {
    name: 'advance before the skipped row',
    rule: 'first the `skipped` row, then W2',
    file: CLAIM,
    old: '    const inserted = await executions.insert(run);\n    if (!inserted.ok) return after',
    new: `    await advance(deps, key, task, plan, undefined, delivery);
    const inserted = await executions.insert(run);
    if (!inserted.ok) return after`,
  },
  {
    name: 'handler without W2',
    rule: 'W2 confirms the claim before the handler begins',
    file: CLAIM,
    old: '    const confirmed = mark(clock);\n    const again',
    new: `    if (turn === 0) return runAttempt(deps, { task, run, owner, t0, confirmed: mark(clock) }, delivery);
    const confirmed = mark(clock);
    const again`,
  },
  {
    name: 'W2 refused, generation ignored',
    rule: 'W2 refused: changed → our claim ends `cancelled`',
    file: CLAIM,
    old: "task.state.generation !== generation || (status !== 'active' && status !== 'completed')",
    new: "status !== 'active' && status !== 'completed'",
  },
  {
    name: 'W2 without nextRunAt',
    rule: 'W2: the task still waits for this occurrence',
    file: TASKS,
    old: '        nextRunAt: q.scheduledAt,\n        generation: seen.generation,\n        ...(q.exclusive',
    new: '        generation: seen.generation,\n        ...(q.exclusive',
  },
  {
    name: 'W2 without generation',
    rule: 'W2: nobody changed the rules since they were read',
    file: TASKS,
    old: '        nextRunAt: q.scheduledAt,\n        generation: seen.generation,\n        ...(q.exclusive',
    new: '        nextRunAt: q.scheduledAt,\n        ...(q.exclusive',
  },
  {
    name: 'W2 without status',
    rule: 'W2: the task is active',
    file: TASKS,
    old: "        status: 'active',\n        nextRunAt: q.scheduledAt,\n",
    new: '        nextRunAt: q.scheduledAt,\n',
    impliedBy: '`nextRunAt`: whatever makes a task inactive removes it in the same write',
  },
  {
    name: 'W2 without the run pointer',
    rule: 'W2: exclusive tasks: no other run was claimed',
    file: TASKS,
    old: `        ...(q.exclusive && seen.run !== undefined ? { run: seen.run } : {}),
      },
      missing: q.exclusive && seen.run === undefined ? ['run'] : [],`,
    new: '      },\n      missing: [],',
  },
  {
    name: 'CLAIM without the run pointer',
    rule: 'CLAIM: no other run was claimed',
    file: TASKS,
    old: "      ...(seen.run === undefined ? { missing: ['run'] } : { equals: { run: seen.run } }),\n",
    new: '',
  },
  {
    name: 'pause keeps the generation',
    rule: 'generation +1 whenever a person changes the status',
    file: TASKS,
    old: '      ...(seen.nextRunAt === undefined ? {} : { pausedFrom: seen.nextRunAt }),\n      generation: seen.generation + 1,',
    new: '      ...(seen.nextRunAt === undefined ? {} : { pausedFrom: seen.nextRunAt }),',
  },
  {
    name: 'edit keeps the generation',
    rule: 'generation +1 whenever a person changes the rules',
    file: TASKS,
    old: '    generation: seen.generation + 1,\n    updatedAt: nowMs,\n  };\n  // Keeping',
    new: '    updatedAt: nowMs,\n  };\n  // Keeping',
  },
  {
    name: 'edit past a moved task',
    rule: 'an edit keeps the occurrence that is due at the moment of the write',
    file: TASKS,
    old: 'equals: { version: seen.version, ...kept },',
    new: 'equals: { version: seen.version },',
  },
  {
    name: 'claimed early',
    rule: 'the executor waits out the last fraction and never claims early',
    file: `${USE_CASES}run-execution.ts`,
    old: '    await deps.clock.sleep(early);\n',
    new: '    break;\n',
  },
  {
    name: 'a delayed run before its instant',
    rule: 'a hint that comes too soon is put off',
    file: `${USE_CASES}run-execution.ts`,
    old: "if (revived?.status === 'queued' && revived.epoch > 0)",
    new: "if (revived?.status === 'queued')",
  },
  {
    name: 'fireOnce counts nothing',
    rule: 'what is passed over is counted as missed',
    file: `${DOMAIN}misfire-plan.ts`,
    old: '      missed: missedIn(schedule, scheduledAt + 1, nowMs),',
    new: '      missed: 0,',
  },
  {
    name: 'previous run ignored',
    rule: 'overlap: the run before must have ended',
    file: `${USE_CASES}run-execution/overlap.ts`,
    old: 'previous.epoch !== epoch) return undefined;\n  return previous;',
    new: 'previous.epoch !== epoch) return undefined;\n  return undefined;',
  },
  {
    name: 'a retrying run counts as over',
    rule: 'overlap: a run that waits for its retry lives',
    file: `${USE_CASES}run-execution/overlap.ts`,
    old: 'isFinal(previous.status)',
    new: "previous.status !== 'running'",
  },
  {
    name: 'a pointer that moved is believed',
    rule: 'PREV: the run that the task points at when it moves on, not the one before',
    file: CLAIM,
    old: '  if (task.state.run !== read.state.run) return claimOccurrence(deps, key, task, delivery);\n',
    new: '',
  },
  {
    name: 'a lost claim moves its task on',
    rule: 'W2 refused: only whoever withdrew his claim moves the task past it',
    file: CLAIM,
    old: "  if (!written.ok) return done('lost our claim');\n  delivery.alongside",
    new: '  if (written.ok) delivery.alongside',
  },
];
