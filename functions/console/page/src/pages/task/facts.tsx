import { List, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { Instant } from '../../parts/instant.tsx';
import { durationText } from '../../parts/instant-text.ts';
import { JsonBlock } from '../../parts/json-block.tsx';
import { AnchorLink } from '../../parts/links.tsx';
import { Section } from '../../parts/section.tsx';

const SECOND_MS = 1_000;
const span = (seconds: number) => durationText(seconds * SECOND_MS);

/** By which rules it runs. */
export function Facts({ task }: { task: Task }) {
  const facts = [...rulesOf(task), ...capsOf(task), ...chainsOf(task), ...originOf(task)];
  return (
    <Section title="Rules">
      <Table variant="vertical" layout="fixed" aria-label="Rules">
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={150}>{name}</Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Stack mt="md">
        <JsonBlock label="Payload" value={task.payload} />
        {task.target && <JsonBlock label="Target" value={task.target} />}
      </Stack>
    </Section>
  );
}

type Fact = readonly [name: string, value: ReactNode];

function rulesOf(task: Task): Fact[] {
  const { retry, stop, stopCounts, stopped, deadline } = task;
  const facts: Fact[] = [
    ['Runs', task.handler ?? `a target: ${task.target?.type}`],
    ['Timeout', span(task.timeoutSeconds)],
    [
      'Retries',
      `${retry.limit}, ${retry.strategy} from ${span(retry.baseSeconds)}${retry.rules?.length ? `, ${retry.rules.length} rules` : ''}`,
    ],
    ['Overlap, misfire', `${task.overlap}, ${task.misfire} after ${span(task.misfireGraceSeconds)}`],
  ];
  if (deadline) facts.push(['Deadline', `${span(deadline.seconds)} after it is due`]);
  if (stop)
    facts.push([
      'Stops',
      <List key="stop" size="sm">
        {stop.afterRuns !== undefined && (
          <List.Item>
            after {stopCounts?.runs ?? 0} of {stop.afterRuns} runs
          </List.Item>
        )}
        {stop.afterSuccesses !== undefined && (
          <List.Item>
            after {stopCounts?.successes ?? 0} of {stop.afterSuccesses} successes
          </List.Item>
        )}
        {stop.afterConsecutiveFailures !== undefined && (
          <List.Item>
            after {stopCounts?.consecutiveFailures ?? 0} of {stop.afterConsecutiveFailures} deaths in a row
          </List.Item>
        )}
        {stop.when !== undefined && <List.Item>when {stop.when}</List.Item>}
      </List>,
    ]);
  if (stopped)
    facts.push([
      'Stopped',
      <Text key="stopped" span size="sm">
        by {stopped.by}, <Instant at={stopped.at} />
      </Text>,
    ]);
  return facts;
}

const capsOf = ({ concurrency, rateLimit }: Task): Fact[] => [
  ...concurrency.map(({ key, limit }): Fact => [`At once: ${key}`, `${limit} runs of all that name it`]),
  ...rateLimit.map(
    ({ key, limit, perSeconds }): Fact => [`Starts: ${key}`, `${limit} in any ${span(perSeconds)}`],
  ),
];

const chainsOf = ({ onSuccess = [], onFailure = [], onDead = [] }: Task): Fact[] =>
  (
    [
      ['On success', onSuccess],
      ['On failure', onFailure],
      ['When dead', onDead],
    ] as const
  ).flatMap(([name, links]): Fact[] =>
    links.length === 0
      ? []
      : [
          [
            name,
            <List key={name} size="sm">
              {links.map(({ taskId }) => (
                <List.Item key={taskId}>
                  <AnchorLink to="/tasks/$taskId" params={{ taskId }}>
                    {taskId}
                  </AnchorLink>
                </List.Item>
              ))}
            </List>,
          ],
        ],
  );

const originOf = ({ createdAt, createdBy, updatedAt, version }: Task): Fact[] => [
  [
    'Made',
    <Text key="made" span size="sm">
      <Instant at={createdAt} /> by {createdBy}
    </Text>,
  ],
  [
    'Changed',
    <Text key="changed" span size="sm">
      <Instant at={updatedAt} />, version {version}
    </Text>,
  ],
];
