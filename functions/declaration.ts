import * as z from 'zod';
import { parseJson } from '../shared/contract/json-body.ts';
import { parseAll } from '../shared/contract/problems.ts';
import { inOneLine, isCode, SchedulerError } from '../shared/domain/errors.ts';
import type { AuditDeps } from '../shared/usecases/audit/record.ts';
import { declareTask, withdrawTask } from '../shared/usecases/declare-task.ts';
import type { EditTasksDeps } from '../shared/usecases/manage-tasks/edit-task.ts';
import type { DeleteTaskDeps } from '../shared/usecases/manage-tasks/steer-task.ts';

export type DeclareDeps = EditTasksDeps &
  DeleteTaskDeps &
  AuditDeps & { answer(url: string, answer: object): Promise<void> };

/** docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html */
const Request = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  RequestId: z.string(),
  ResponseURL: z.url(),
  StackId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.looseObject({}),
});
type Request = z.infer<typeof Request>;
/** CloudFormation makes text of all values, so the document comes as text. */
const Properties = z.object({ Id: z.string(), Task: z.string() });

/** No task can have it for an id. CloudFormation asks to delete what could not be made, too. */
const NOT_MADE = 'not-made:';
/** The whole answer may have 4 KB. */
const MAX_REASON_CHARS = 1_000;

/** `arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/5a1b…` → `cdk:Shop/Nightly3F2A` */
const nameOf = ({ StackId, LogicalResourceId }: Request): string =>
  `cdk:${StackId.split('/')[1] ?? StackId}/${LogicalResourceId}`;

/**
 * A task of somebody's CDK app, as a custom resource. Every request is answered; one that could not be is thrown, so that
 * Lambda repeats it, which changes nothing twice.
 */
export const makeDeclareHandler =
  (deps: DeclareDeps) =>
  async (event: unknown): Promise<void> => {
    const request = Request.parse(event);
    const { StackId, RequestId, LogicalResourceId } = request;
    const result = await carriedOut(deps, request);
    await deps.answer(request.ResponseURL, { StackId, RequestId, LogicalResourceId, ...result });
  };

type Result =
  | { Status: 'SUCCESS'; PhysicalResourceId: string }
  | { Status: 'FAILED'; PhysicalResourceId: string; Reason: string };

async function carriedOut(deps: DeclareDeps, request: Request): Promise<Result> {
  const { RequestType, RequestId, LogicalResourceId, PhysicalResourceId: held } = request;
  const told = { requestId: RequestId, request: RequestType, resource: LogicalResourceId };
  try {
    const id = await carryOut(deps, request);
    deps.log.info('declaration carried out', { ...told, taskId: id });
    return { Status: 'SUCCESS', PhysicalResourceId: id };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) deps.log.error('declaration failed', told, error);
    else deps.log.warn('declaration refused', { ...told, reason: refusal });
    const reason = refusal ?? `Something went wrong: the log of the function has it under ${RequestId}`;
    return {
      Status: 'FAILED',
      PhysicalResourceId: held ?? `${NOT_MADE}${RequestId}`,
      Reason: reason.slice(0, MAX_REASON_CHARS).toWellFormed(),
    };
  }
}

/** Another id than before makes CloudFormation delete the task of the old one, once all else has gone well. */
async function carryOut(deps: DeclareDeps, request: Request): Promise<string> {
  const { RequestType, RequestId, PhysicalResourceId: held } = request;
  if (RequestType === 'Delete' && held?.startsWith(NOT_MADE)) return held;
  const properties = parseAll(Properties, request.ResourceProperties);
  if (!properties.ok)
    throw new SchedulerError('validation-failed', 'Not what ScheduledTask declares', {
      errors: properties.errors,
    });
  const { Id: id, Task: document } = properties.value;
  const declaration = { by: nameOf(request), id, held };
  if (RequestType === 'Delete') {
    await withdrawTask(deps, declaration, RequestId);
    return held ?? id;
  }
  await declareTask(deps, declaration, parseJson(document), RequestId);
  return id;
}

function refusalOf(error: unknown): string | undefined {
  if (isCode(error, 'validation-failed'))
    return inOneLine('The task is not valid', error.details.errors, 'task');
  if (isCode(error, 'malformed-json'))
    return `The task is not JSON that can be kept: ${error.details.reason}`;
  return error instanceof SchedulerError ? error.message : undefined;
}
