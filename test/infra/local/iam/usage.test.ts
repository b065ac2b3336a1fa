import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PolicyDocument } from '../../../../infra/local/iam/policy.ts';
import { openUsage } from '../../../../infra/local/iam/usage.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const statements = PolicyDocument.parse({
  Statement: [
    { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:PurgeQueue'], Resource: ['q1', 'q2'] },
    { Effect: 'Allow', Action: 'dynamodb:Get*', Resource: 't' },
    { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' },
    { Effect: 'Deny', Action: 'sqs:DeleteQueue', Resource: '*' },
  ],
});

function open(file: string) {
  return openUsage({
    file,
    functions: [{ logicalId: 'Fn' }],
    statementsOf: () => statements,
    warn: () => {},
  });
}
const contentOf = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

it('keeps over restarts what was used, and tells which grants nothing needed', () => {
  const file = join(temporaryFolder(), 'iam-used.json');
  const first = open(file);
  first.used('Fn', 'sqs:SendMessage', 'q1');
  first.used('Nobody', 'sqs:SendMessage', 'q1');
  first.close();
  const second = open(file);
  second.used('Fn', 'dynamodb:GetItem', 't');
  second.denied('Fn', 'dynamodb:PutItem', 't');
  second.close();
  expect(contentOf(file)).toEqual({
    Fn: {
      used: ['dynamodb:GetItem t', 'sqs:SendMessage q1'],
      denied: ['dynamodb:PutItem t'],
      unused: ['sqs:PurgeQueue q1', 'sqs:PurgeQueue q2', 'sqs:SendMessage q2'],
    },
  });
});

it('starts anew from a file that somebody damaged', () => {
  const file = join(temporaryFolder(), 'iam-used.json');
  writeFileSync(file, '{"Fn":');
  open(file).close();
  expect(contentOf(file)).toMatchObject({ Fn: { used: [] } });
});
