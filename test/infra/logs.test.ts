import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deployment } from './deployment.ts';
import { ofType, variants } from './variant-templates.ts';

const Group = z.object({ RetentionInDays: z.number() });
const Logging = z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) });

describe.each(variants)('logs of %s', (variant) => {
  const groups = new Map(
    ofType(variant, 'AWS::Logs::LogGroup').map(({ id, properties }) => [id, Group.parse(properties)]),
  );

  it('are kept for a time: of every function in a group of its own, and of the API', () => {
    const used = ofType(variant, 'AWS::Lambda::Function').map(
      ({ properties }) => Logging.parse(properties).LoggingConfig.LogGroup.Ref,
    );
    expect(new Set(used).size).toBe(used.length);
    for (const id of used) expect(groups.get(id)).toEqual({ RetentionInDays: 30 });
    expect([...groups.keys()].filter((id) => !used.includes(id))).toEqual([
      expect.stringMatching(/^SchedulerApiAccessLogs/),
    ]);
  });

  it('are not of functions that nobody here has written', () => {
    const names = ofType(variant, 'AWS::Lambda::Function').map(({ id }) => id.replace(/Function\w+$/, ''));
    for (const name of names)
      expect(name).toMatch(
        /^Scheduler(Tick|Dispatch|Sweeper|Declare|Authorizer|Console|(Api|Inbox)Handler|Executor\w+)$/,
      );
  });
});

it('logs are kept for as long as the settings say', () => {
  const { template } = deployment({ logRetentionDays: 90 });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});
