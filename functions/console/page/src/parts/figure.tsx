import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** What is looked at most, under its name. */
export const Figure = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <Text size="xs" c="dimmed">
      {label}
    </Text>
    <Text size="sm" component="div" data-numbers>
      {children}
    </Text>
  </div>
);
