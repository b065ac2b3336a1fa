import { Alert, Group, List, Paper, Skeleton, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconExclamationCircle } from '@tabler/icons-react';
import { PlaceLink } from '../../parts/place-link.tsx';
import type { Need } from './needs.ts';

const LOOK = {
  broken: { color: 'red', icon: IconExclamationCircle, word: 'Broken' },
  warning: { color: 'orange', icon: IconAlertTriangle, word: 'Warning' },
} as const;

/** What will not come right by itself, or that there is nothing of the kind. */
export function NeedsList({ needs, isLoading }: { needs: readonly Need[]; isLoading: boolean }) {
  if (needs.length === 0 && isLoading) return <Skeleton h={64} aria-label="Loading" />;
  if (needs.length === 0)
    return (
      <Alert color="green" icon={<IconCheck aria-hidden />} title="All is well" role="status">
        Nothing needs a person right now.
      </Alert>
    );
  return (
    <Paper withBorder p="md" component="section" aria-label="What needs a person">
      <Title order={2} size="h5" mb="xs">
        {needs.length === 1 ? 'One thing needs a person' : `${needs.length} things need a person`}
      </Title>
      <List listStyleType="none" spacing="xs" size="sm">
        {needs.map(({ key, level, sentence, verb, place }) => {
          const { color, icon: Icon, word } = LOOK[level];
          return (
            <List.Item key={key}>
              <Group gap="sm" wrap="nowrap" align="flex-start">
                <ThemeIcon color={color} variant="light" size="sm" aria-label={word} role="img">
                  <Icon size={14} aria-hidden />
                </ThemeIcon>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {sentence} <PlaceLink {...place}>{verb}</PlaceLink>
                </Text>
              </Group>
            </List.Item>
          );
        })}
      </List>
    </Paper>
  );
}
