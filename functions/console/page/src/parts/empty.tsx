import { Button, Code, CopyButton, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing is here yet: says so, and gives the exact command that changes it. */
export function Empty({ children, command }: { children: ReactNode; command?: string }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="sm">
        <Text>{children}</Text>
        {command && (
          <Group gap="xs" justify="center">
            <Code block>{command}</Code>
            <CopyButton value={command}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
