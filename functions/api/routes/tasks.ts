import { ExecutionSchema, TriggerInputSchema } from '../../../shared/contract/execution.ts';
import { executionToWire } from '../../../shared/contract/execution-wire.ts';
import { etagOf, readPrecondition } from '../../../shared/contract/if-match.ts';
import {
  DryRunQuery,
  TaskHistoryQuery,
  TaskListQuery,
  UpcomingQuery,
} from '../../../shared/contract/list-query.ts';
import { parseAll } from '../../../shared/contract/problems.ts';
import { listOf, UpcomingSchema } from '../../../shared/contract/service.ts';
import {
  PauseInputSchema,
  TaskInputSchema,
  TaskPatchSchema,
  TaskReplacementSchema,
  TaskSchema,
} from '../../../shared/contract/task.ts';
import { taskToWire } from '../../../shared/contract/task-wire.ts';
import { TaskIdSchema } from '../../../shared/contract/text.ts';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { toIso } from '../../../shared/domain/time.ts';
import { listRunsOfTask } from '../../../shared/usecases/manage-runs/look-at-runs.ts';
import { triggerRun } from '../../../shared/usecases/manage-runs/trigger-run.ts';
import { createTask } from '../../../shared/usecases/manage-tasks/create-task.ts';
import { patchTask, replaceTask } from '../../../shared/usecases/manage-tasks/edit-task.ts';
import {
  findTask,
  listTasks,
  type ShownTask,
  showTask,
  upcomingRuns,
} from '../../../shared/usecases/manage-tasks/look-at-tasks.ts';
import { deleteTask, pauseTask, resumeTask } from '../../../shared/usecases/manage-tasks/steer-task.ts';
import type { ApiDeps } from '../deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { type RawRequest, type Reply, type Route, route } from '../route.ts';
import { taskIdOf } from '../task-id.ts';
import { runPage } from './executions.ts';

const IF_MATCH = { 'If-Match': 'only if the task is at this version: the ETag of an earlier answer' };
const IDEMPOTENCY = { 'Idempotency-Key': 'makes the request repeatable for 24 hours' };
const ok = (description: string) => ({
  200: { description, schema: TaskSchema, headers: ['ETag'] as const },
});
const made = {
  201: {
    description: 'The new task; Location names it',
    schema: TaskSchema,
    headers: ['ETag', 'Location'] as const,
  },
};

const preconditionOf = ({ headers }: Pick<RawRequest, 'headers'>) =>
  readPrecondition({ ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });

const shown = (status: number, { task, lastRun }: ShownTask, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { etag: etagOf(task.state.version), ...headers },
  body: taskToWire(task, lastRun),
});
const answer = async (deps: ApiDeps, task: Task): Promise<Reply> => shown(200, await showTask(deps, task));

export const taskRoutes: Route[] = [
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/tasks',
      operationId: 'createTask',
      audit: { action: 'task.create', resource: 'tasks/{id}' },
      summary: 'Create a task; the server makes its id',
      headers: IDEMPOTENCY,
      body: { schema: TaskInputSchema, required: true, checkedByUseCase: true },
      replies: made,
      refuses: ['state-conflict', 'backlog-full'],
    },
    async (deps, { principal, body, headers }) => {
      const { task, created } = await createTask(deps, principal, body, readIdempotencyKey(headers));
      const location = `/v1/tasks/${task.state.taskId}`;
      return { ...shown(201, await showTask(deps, task), { location }), changed: created };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks',
      operationId: 'listTasks',
      summary: 'List tasks by name',
      query: TaskListQuery,
      replies: { 200: { description: 'A page of tasks', schema: listOf(TaskSchema) } },
    },
    async (deps, { principal, query }) => {
      const { items, nextCursor } = await listTasks(deps, principal, query);
      return {
        status: 200,
        body: { items: items.map(({ task, lastRun }) => taskToWire(task, lastRun)), nextCursor },
      };
    },
  ),
  route(
    'operator',
    {
      method: 'PUT',
      path: '/v1/tasks/{id}',
      operationId: 'putTask',
      audit: { action: 'task.put', resource: 'tasks/{id}' },
      summary: 'Create or replace a task by id; saying the same again changes nothing',
      headers: { ...IF_MATCH, 'If-None-Match': '*: only if there is no such task' },
      query: DryRunQuery,
      body: { schema: TaskReplacementSchema, required: true, checkedByUseCase: true },
      replies: {
        ...ok('The task as it now is, or with dryRun as it would be'),
        ...made,
      },
      refuses: ['state-conflict', 'backlog-full'],
    },
    async (deps, request) => {
      const id = parseAll(TaskIdSchema, request.params.id, 'id');
      if (!id.ok) throw new SchedulerError('validation-failed', 'The id is not valid', { errors: id.errors });
      const { principal, body, query } = request;
      const guard = preconditionOf(request);
      const { task, created } = await replaceTask(deps, principal, id.value, body, guard, query);
      const location = created ? { location: `/v1/tasks/${task.state.taskId}` } : {};
      return shown(created ? 201 : 200, await showTask(deps, task), location);
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks/{id}',
      operationId: 'getTask',
      summary: 'Read a task',
      replies: ok('The task'),
    },
    async (deps, request) => shown(200, await findTask(deps, request.principal, taskIdOf(request))),
  ),
  route(
    'operator',
    {
      method: 'PATCH',
      path: '/v1/tasks/{id}',
      operationId: 'patchTask',
      audit: { action: 'task.patch', resource: 'tasks/{id}' },
      summary: 'Change some fields (JSON merge patch)',
      headers: IF_MATCH,
      body: {
        schema: TaskPatchSchema,
        required: true,
        checkedByUseCase: true,
        contentTypes: ['application/merge-patch+json', 'application/json'],
      },
      replies: ok('The task as it now is'),
      refuses: ['state-conflict'],
    },
    async (deps, request) => {
      const { principal, body } = request;
      const patch = body as Record<string, unknown>;
      return answer(
        deps,
        await patchTask(deps, principal, taskIdOf(request), patch, preconditionOf(request)),
      );
    },
  ),
  route(
    'operator',
    {
      method: 'DELETE',
      path: '/v1/tasks/{id}',
      operationId: 'deleteTask',
      audit: { action: 'task.delete', resource: 'tasks/{id}' },
      summary: 'Delete a task; its history stays until it expires',
      headers: IF_MATCH,
      replies: { 204: { description: 'It is gone' } },
      refuses: ['state-conflict'],
    },
    async (deps, request) => {
      await deleteTask(deps, request.principal, taskIdOf(request), preconditionOf(request));
      return { status: 204 };
    },
  ),
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/tasks/{id}/pause',
      operationId: 'pauseTask',
      audit: { action: 'task.pause', resource: 'tasks/{id}' },
      summary: 'Pause a task',
      headers: IF_MATCH,
      body: { schema: PauseInputSchema, required: false },
      replies: ok('The task; repeating is harmless'),
      refuses: ['state-conflict'],
    },
    async (deps, request) => {
      const { principal, body } = request;
      return answer(deps, await pauseTask(deps, principal, taskIdOf(request), preconditionOf(request), body));
    },
  ),
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/tasks/{id}/resume',
      operationId: 'resumeTask',
      audit: { action: 'task.resume', resource: 'tasks/{id}' },
      summary: 'Resume a paused task',
      headers: IF_MATCH,
      replies: ok('The task; repeating is harmless'),
      refuses: ['state-conflict'],
    },
    async (deps, request) =>
      answer(deps, await resumeTask(deps, request.principal, taskIdOf(request), preconditionOf(request))),
  ),
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/tasks/{id}/trigger',
      operationId: 'triggerTask',
      audit: { action: 'task.trigger', resource: 'tasks/{id}', answers: 'outcome' },
      summary: 'Run a task now or after a delay, besides its schedule',
      headers: IDEMPOTENCY,
      body: { schema: TriggerInputSchema, required: false },
      replies: { 202: { description: 'The execution that waits', schema: ExecutionSchema } },
      refuses: ['state-conflict', 'backlog-full'],
    },
    async (deps, request) => {
      const { principal, body, headers } = request;
      const key = readIdempotencyKey(headers);
      const { run, created } = await triggerRun(deps, principal, taskIdOf(request), body, key);
      return { status: 202, body: executionToWire(run), changed: created };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks/{id}/upcoming',
      operationId: 'listUpcoming',
      summary: 'The next occurrences, none while the task is not active; or those from an instant on',
      query: UpcomingQuery,
      replies: { 200: { description: 'Instants, the nearest first', schema: UpcomingSchema } },
    },
    async (deps, request) => {
      const found = await upcomingRuns(deps, request.principal, taskIdOf(request), request.query);
      const items = found.map(({ at }) => toIso(at));
      const moved = found.some(({ at, nominalAt }) => at !== nominalAt);
      const nominal = found.map(({ nominalAt }) => toIso(nominalAt));
      return { status: 200, body: moved ? { items, nominal } : { items } };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks/{id}/executions',
      operationId: 'listTaskExecutions',
      summary: 'Executions of one task, newest first',
      query: TaskHistoryQuery,
      replies: { 200: { description: 'A page of executions', schema: listOf(ExecutionSchema) } },
    },
    async (deps, request) =>
      runPage(
        request.principal,
        await listRunsOfTask(deps, request.principal, taskIdOf(request), request.query),
      ),
  ),
];
