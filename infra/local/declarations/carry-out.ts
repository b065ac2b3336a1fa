import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { LambdaHost } from '../lambda/host.ts';
import type { Report } from '../report.ts';
import type { Plan } from '../template/plan.ts';
import { arn } from '../template/resource-types.ts';
import { type Answer, openAnswers } from './answers.ts';
import { type Declared, openKept } from './kept.ts';

export interface CarryOutOptions {
  plan: Pick<Plan, 'declarations' | 'functions'>;
  stackName: string;
  dataDirectory: string;
  invoke: LambdaHost['invoke'];
  report: Pick<Report, 'say' | 'warn'>;
}
export class DeclarationError extends Error {
  override name = 'DeclarationError';
}

type Request =
  | { RequestType: 'Create' }
  | { RequestType: 'Update'; PhysicalResourceId: string; OldResourceProperties: Record<string, string> }
  | { RequestType: 'Delete'; PhysicalResourceId: string };

/**
 * Makes of the tasks that the app declares what CloudFormation would: new ones, changed ones, and at the end it deletes
 * what stands there no more. What was declared before is kept in the data folder. A refusal is the end of the start;
 * what went well before it stays.
 */
export async function carryOut(options: CarryOutOptions): Promise<void> {
  const { plan, report } = options;
  const kept = openKept(options.dataDirectory);
  const changes = plan.declarations.filter(
    ({ logicalId, properties }) => !isDeepStrictEqual(kept.declared.get(logicalId)?.properties, properties),
  );
  const planned = new Set(plan.declarations.map(({ logicalId }) => logicalId));
  const withdrawn = [...kept.declared.values()].filter(({ logicalId }) => !planned.has(logicalId));
  if (changes.length + withdrawn.length + kept.replaced.length === 0) return;

  const answers = await openAnswers();
  const ask = async (functionId: string, declared: Omit<Declared, 'physicalId'>, request: Request) => {
    const url = answers.newUrl();
    const result = await options.invoke(functionId, {
      ...request,
      RequestId: randomUUID(),
      ResponseURL: url,
      ResourceType: 'Custom::EscapementTask',
      StackId: arn('cloudformation', `stack/${options.stackName}/local`),
      LogicalResourceId: declared.logicalId,
      ResourceProperties: declared.properties,
    });
    return answers.at(url) ?? noAnswer(result);
  };
  try {
    for (const { functionId, logicalId, properties } of changes) {
      const before = kept.declared.get(logicalId);
      const answer = await ask(functionId, { logicalId, properties }, requestFor(before));
      if (answer.Status === 'FAILED')
        throw new DeclarationError(`${logicalId}: ${answer.Reason ?? 'refused without a reason'}`);
      kept.declare({ logicalId, properties, physicalId: answer.PhysicalResourceId });
    }
    for (const one of [...kept.replaced, ...withdrawn]) {
      const fn = plan.functions.find(({ arn: own }) => own === one.properties.ServiceToken);
      const answer = fn && (await ask(fn.logicalId, one, deletion(one)));
      if (answer?.Status !== 'SUCCESS')
        report.warn(
          `${one.logicalId} stands no more in the app; delete its task ${one.physicalId} through the API: ${answer?.Reason ?? 'the function that would do it is gone too'}`,
        );
      kept.forget(one);
    }
    report.say(`  tasks of the app: ${changes.length} declared, ${withdrawn.length} withdrawn`);
  } finally {
    await answers.close();
  }
}

const requestFor = (before: Declared | undefined): Request =>
  before
    ? {
        RequestType: 'Update',
        PhysicalResourceId: before.physicalId,
        OldResourceProperties: before.properties,
      }
    : { RequestType: 'Create' };

const deletion = ({ physicalId }: Declared): Request => ({
  RequestType: 'Delete',
  PhysicalResourceId: physicalId,
});

/** In AWS one would wait for it in vain. */
function noAnswer(result: Awaited<ReturnType<LambdaHost['invoke']>>): Answer {
  const why = result.ok
    ? 'its function gave no answer'
    : `${result.error.errorType} ${result.error.errorMessage}`;
  return { Status: 'FAILED', Reason: why, PhysicalResourceId: 'none' };
}
