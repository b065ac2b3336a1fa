import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parser } from './parser.ts';
import { outsideParsers } from './parsers-outside.ts';
import { settingsParsers } from './parsers-settings.ts';
import { storedParsers } from './parsers-stored.ts';
import { textParsers } from './parsers-texts.ts';
import { ROOT, schemaParsers } from './schemas.ts';

/** Whatever comes in is taken, or refused in the words that are documented, and soon. */
const RUNS = 100;
/** Of one value. All take milliseconds; what has no bound takes minutes, or for ever. */
const LONGEST_MS = 10_000;

const listed = [...textParsers, ...storedParsers, ...outsideParsers, ...settingsParsers];
const schemas = await schemaParsers();

async function expectDocumented({ run, refuses }: Parser, value: unknown): Promise<void> {
  const startedMs = performance.now();
  try {
    await run(value);
  } catch (error) {
    if (refuses?.(error) !== true) throw error;
  }
  expect(performance.now() - startedMs).toBeLessThan(LONGEST_MS);
}

describe('what comes in', () => {
  it.each([...listed, ...schemas].map((one) => [one.name, one] as const))(
    'is taken or refused as documented: %s',
    async (_, one) => {
      for (const value of one.worst ?? []) await expectDocumented(one, value);
      await fc.assert(
        fc.asyncProperty(one.given, (value) => expectDocumented(one, value)),
        { numRuns: RUNS },
      );
    },
  );
});

/** Where they take something from outside or from the table; the other folders read what these have taken. */
const FOLDERS = ['shared', 'functions', 'infra'];
const LEFT_OUT = /^(functions\/(console|handlers)\/|infra\/(local|constructs)\/)/;
/** What is given to these has been through one of the list, or is refused by the tests that are named. */
const ELSEWHERE = new Map([
  ['shared/contract/problems.ts parseAll', 'every schema of the list is read with it'],
  ['shared/adapters/dynamodb/codec.ts fromItem', 'of our own small items'],
  ['shared/adapters/oidc/jwt-claims.ts', 'events.test.ts'],
  ['shared/adapters/secrets/admin-token.ts', 'test/functions/authorizer.test.ts'],
  ['shared/adapters/targets/lambda-target.ts', 'test/shared/adapters/targets/aws-targets.test.ts'],
  ['shared/client/cli/program.ts', 'arguments, which commander reads'],
  ['shared/client/cli/task-options.ts', 'read by readTaskFile'],
  ['shared/client/cli/eventbridge/targets.ts', 'read by mapSchedule'],
  ['shared/usecases/manage-runs/dead-letter-groups.ts', 'cursors, which decodeCursor reads'],
  ['shared/usecases/manage-runs/open-source.ts', 'cursors, which decodeCursor reads'],
  ['functions/canary.ts', 'the payload of our own task'],
  ['functions/sweeper.ts', 'the event of a tick, which batches.test.ts has'],
  ['functions/tick.ts', 'batches.test.ts'],
  ['functions/api/route.ts', 'schemas of the contract'],
]);
/** Small items that nobody but these modules writes: a damaged one is an error of the one request that reads it. */
const OWN_ITEMS = /^shared\/adapters\/dynamodb\/[\w-]+\.ts$/;

describe('the list of parsers', () => {
  const names = new Set(
    [...listed, ...schemas].map(({ name }) => name.replace(/,.*$/, '').split(' ').slice(0, 2).join(' ')),
  );

  it('has every function that is called parse…, decode… or from…', () => {
    const found = FOLDERS.flatMap(sourcesIn)
      .filter((file) => !LEFT_OUT.test(file))
      .flatMap((file) =>
        [...readFileSync(join(ROOT, file), 'utf8').matchAll(PARSER)].map(([, name]) => `${file} ${name}`),
      );
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((name) => !names.has(name) && !ELSEWHERE.has(name))).toEqual([]);
  });

  it('has every module with schemas that somebody else may fill', () => {
    const files = new Set([...names].map((name) => name.split(' ')[0]));
    const found = FOLDERS.flatMap(sourcesIn)
      .filter((file) => !LEFT_OUT.test(file) && !OWN_ITEMS.test(file))
      .filter((file) =>
        /\bz\.(strictObject|looseObject|object|discriminatedUnion|union|record|tuple)\(/.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(found.filter((file) => !files.has(file) && !ELSEWHERE.has(file))).toEqual([]);
  });
});

const PARSER = /^export (?:async )?(?:function|const) ((?:parse|decode|from)[A-Z]\w*|decode)\b/gm;

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((file) => !file.startsWith('functions/console/'));
}
