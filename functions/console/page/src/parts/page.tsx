import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** What every page has: its name, what can be done there, and what it shows. */
export function Page(props: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useDocumentTitle(`${props.title} · Escapement`);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2">
            {props.title}
          </Title>
          {props.about && (
            <Text c="dimmed" component="div">
              {props.about}
            </Text>
          )}
        </div>
        {props.actions && (
          <Group gap="xs" maw="100%">
            {props.actions}
          </Group>
        )}
      </Group>
      {props.children}
    </Stack>
  );
}
