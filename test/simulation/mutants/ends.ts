import { DOMAIN, type Mutant, STORES, USE_CASES } from './mutant.ts';

const ADMIN = `${DOMAIN}execution-admin.ts`;
const LETTERS = `${DOMAIN}letter-transitions.ts`;
const SLOTS = `${STORES}semaphore-store.ts`;

/** Death and letters, what people do to runs, counts, caps, chains. */
export const ENDS: Mutant[] = [
  {
    name: 'marked as sent before the letter',
    rule: 'a letter goes to the DLQ, then the run is marked `sent`',
    file: `${USE_CASES}dead-letter/send-letter.ts`,
    old: `    await deps.queues.sendLetter(queue, letterOf(dead, deps.queues.arnOf(queue)));
    await deps.executions.update(dead, letterSent(dead, queue, rule && saidIn(rule)));`,
    new: `    await deps.executions.update(dead, letterSent(dead, queue, rule && saidIn(rule)));
    await deps.queues.sendLetter(queue, letterOf(dead, deps.queues.arnOf(queue)));`,
  },
  {
    name: 'death without a pending letter',
    rule: 'the update that makes a run dead sets `letter = pending`',
    file: `${DOMAIN}execution-failures.ts`,
    old: "      letter: 'pending',\n",
    new: '',
  },
  {
    name: 'mark without epoch and status',
    rule: 'the mark belongs to the death that was read',
    file: LETTERS,
    old: "    guard: { equals: { status: 'dead', epoch: seen.epoch, letter: 'pending' } },",
    new: '    guard: {},',
  },
  {
    name: 'retry without epoch and status',
    rule: 'a retry: dead → queued under a new epoch, once per death',
    file: ADMIN,
    old: '      equals: { status, epoch: seen.epoch },\n      ...(q.whileOpen',
    new: '      ...(q.whileOpen',
  },
  {
    name: 'moved letter without its epoch',
    rule: 'letters of runs that were revived do nothing',
    file: `${USE_CASES}revive-from-letter.ts`,
    old: '    epoch: letter.epoch,\n',
    new: '',
  },
  {
    name: 'cancel without status and attempt',
    rule: 'a waiting run is cancelled only as it was read',
    file: ADMIN,
    old: '            status: seen.status,\n            attempt: seen.attempt,\n            ...(pending',
    new: '            ...(pending',
  },
  {
    name: 'purge without epoch and status',
    rule: 'a purge belongs to the death that was read',
    file: ADMIN,
    old: "    guard: { equals: { status: 'dead', epoch: seen.epoch } },\n  };\n}",
    new: '    guard: {},\n  };\n}',
  },
  {
    name: 'count without the counts as read',
    rule: 'stop rules: version, status and counts as read',
    file: `${DOMAIN}stop-rules.ts`,
    old: `          ...(state.tally === undefined ? {} : { tally: state.tally }),
        },
        missing: state.tally === undefined ? ['tally'] : [],`,
    new: '        },',
  },
  {
    name: 'count without the mark',
    rule: 'stop rules: the run still bears that very mark',
    file: `${DOMAIN}stop-rules.ts`,
    old: '    ...(seen.tally === undefined ? {} : { tally: seen.tally }),\n  },\n});',
    new: '  },\n});',
  },
  {
    name: 'deadline settled whatever the run is by now',
    rule: 'deadlines: status, attempt and epoch as read',
    file: `${DOMAIN}deadline.ts`,
    old: '  equals: { status: seen.status, attempt: seen.attempt, epoch: seen.epoch },',
    new: '',
  },
  {
    name: 'slots without end',
    rule: 'caps: fewer holders than the limit',
    file: SLOTS,
    old: "          `size(${e.name('holders')}) < ${e.plain(change.below)}`,\n",
    new: '',
  },
  {
    name: 'a slot that was prolonged is taken',
    rule: 'caps: a slot is free, or its time is over at the moment of the write',
    file: SLOTS,
    old: " AND ${slot}.${e.name('until')} < ${e.plain(nowMs)}`;\n};\n\n/** The run",
    new: '`;\n};\n\n/** The run',
  },
  {
    name: 'slots end before the lease',
    rule: 'caps: a slot lasts until the end of the lease',
    file: `${USE_CASES}run-execution/slots.ts`,
    old: 'leaseAt(startedAt + timeoutSeconds * SECOND_MS)',
    new: 'leaseAt(startedAt)',
  },
  {
    name: 'a rival’s slot is given back',
    rule: 'caps: nobody gives back what a rival holds',
    file: SLOTS,
    old: "          `${slot}.${e.name('nonce')} = ${e.plain(change.nonce)}`,\n          ...woken",
    new: '          `attribute_exists(${slot})`,\n          ...woken',
  },
  {
    name: 'rate log written over',
    rule: 'rate limits: the log as read',
    file: `${STORES}rate-store.ts`,
    old: "seen ? `${e.name('version')} = ${e.plain(seen.version)}` : absent(e)",
    new: "`attribute_not_exists(${e.name('none')})`",
  },
  {
    name: 'chain by the clock',
    rule: 'chains: one key for each outcome and link',
    file: `${USE_CASES}chain/trigger-chained.ts`,
    old: 'tokenOf(chainSeed(run, q.outcome, q.place, q.link))',
    new: 'tokenOf(chainSeed(run, q.outcome, q.place, q.link) + nowMs)',
  },
  {
    name: 'aftermath gone before the trigger',
    rule: 'chains: the mark is taken away when all is triggered',
    file: `${USE_CASES}chain/settle.ts`,
    old: "  const done = (await chained(deps, definition, run, 'success')) &&",
    new: `  await deps.executions.update(run, settledSuccess(run));
  const done = (await chained(deps, definition, run, 'success')) &&`,
  },
  {
    name: 'slots of a hand-off end before its lease',
    rule: 'caps: a slot lasts until the end of the lease',
    file: `${USE_CASES}run-execution/finish.ts`,
    old: 'write(handedOff(claim.run, pending))',
    new: 'write(handedOff(claim.run, { ...pending, nowMs: deps.clock.nowMs() }))',
  },
];
