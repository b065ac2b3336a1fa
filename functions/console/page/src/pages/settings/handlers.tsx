import { Accordion, Skeleton, Text } from '@mantine/core';
import { usePages } from '../../data/use-pages.ts';
import { Empty } from '../../parts/empty.tsx';
import { JsonBlock } from '../../parts/json-block.tsx';
import { MorePages } from '../../parts/more-pages.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useClient } from '../../session/session-context.tsx';

/** The code that tasks run, and what each wants to be given. */
export function Handlers() {
  const client = useClient();
  const pages = usePages(['handlers'], () => client.handlers());
  if (pages.error) return <ProblemAlert error={pages.error} retry={pages.reload} />;
  if (pages.isLoading) return <Skeleton h={160} />;
  if (pages.items.length === 0) return <Empty>This deployment has no handler.</Empty>;
  return (
    <>
      <Accordion variant="separated" order={2}>
        {pages.items.map(({ name, description, payload }) => (
          <Accordion.Item key={name} value={name}>
            <Accordion.Control>
              <Text fw={600} ff="monospace" size="sm">
                {name}
              </Text>
              <Text size="sm" c="dimmed">
                {description}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <JsonBlock label={`JSON Schema of the payload of ${name}`} value={payload} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <MorePages pages={pages} />
    </>
  );
}
