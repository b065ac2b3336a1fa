import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

const LABEL_WIDTH = 110;

/** A name and what it is. */
export const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <Group gap="xs" wrap="nowrap" align="baseline">
    <Text size="sm" c="dimmed" w={LABEL_WIDTH} flex="none">
      {label}
    </Text>
    <Text size="sm" component="div">
      {children}
    </Text>
  </Group>
);
