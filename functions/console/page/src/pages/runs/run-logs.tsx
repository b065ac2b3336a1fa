import { Stack, Text } from '@mantine/core';
import type { Execution } from '../../../../../../shared/client/client.ts';
import { Copyable } from '../../parts/copyable.tsx';

/** Logs stay where the deployment keeps them; this is how the lines of this run are found there. */
export function RunLogs({ run }: { run: Execution }) {
  const requests = run.attempts.filter(({ requestId }) => requestId !== null);
  return (
    <Stack gap="md">
      <Copyable
        label="In AWS: CloudWatch Logs Insights, over the log groups of the deployment"
        text={`fields @timestamp, level, message, attempt, @log\n| filter executionId = "${run.id}"\n| sort @timestamp asc`}
      />
      <Copyable
        label="With npm start: the files under its data directory"
        text={`grep -h '"${run.id}"' .escapement/logs/*`}
      />
      {requests.length > 0 && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {requests.map(({ attempt, requestId }) => `Attempt ${attempt} was request ${requestId}`).join('; ')}
          : filter by requestId or @requestId for all that its function wrote then.
        </Text>
      )}
    </Stack>
  );
}
