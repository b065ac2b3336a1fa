import { Alert, Button, Group, List, Paper, Skeleton, Text, ThemeIcon, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconCheck, IconExclamationCircle } from '@tabler/icons-react';
import { Fragment } from 'react';
import { PlaceLink } from '../../parts/place-link.tsx';
import type { Need } from './needs.ts';

const LOOK = {
  broken: { color: 'red', icon: IconExclamationCircle, word: 'Broken' },
  warning: { color: 'orange', icon: IconAlertTriangle, word: 'Warning' },
} as const;
const SHOWN = 8;

/** What will not come right by itself, or that there is nothing of the kind. */
export function NeedsList(props: {
  needs: readonly Need[];
  isLoading: boolean;
  /** Not all tasks were looked through. */
  isPart: boolean;
}) {
  const { needs, isLoading, isPart } = props;
  const [all, { toggle }] = useDisclosure();
  if (needs.length === 0 && isLoading) return <Skeleton h={64} />;
  if (needs.length === 0)
    return (
      <Alert color="green" icon={<IconCheck aria-hidden />} title="All is well" role="status">
        Nothing needs a person right now
        {isPart ? ', as far as it was looked through the tasks that are disabled.' : '.'}
      </Alert>
    );
  return (
    <Paper withBorder p="md" component="section" aria-label="What needs a person">
      <Title order={2} size="h5" mb="xs">
        {needs.length === 1 ? 'One thing needs a person' : `${needs.length} things need a person`}
      </Title>
      <List listStyleType="none" spacing="xs" size="sm">
        {needs.slice(0, all ? needs.length : SHOWN).map((need) => (
          <List.Item key={need.key}>
            <NeedLine {...need} />
          </List.Item>
        ))}
      </List>
      {needs.length > SHOWN && (
        <Button mt="sm" size="compact-sm" variant="default" onClick={toggle} aria-expanded={all}>
          {all ? 'Show the first' : `Show all ${needs.length}`}
        </Button>
      )}
    </Paper>
  );
}

function NeedLine({ level, sentence, verb, place, tasks = [] }: Need) {
  const { color, icon: Icon, word } = LOOK[level];
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon color={color} variant="light" size="sm" aria-label={word} role="img">
        <Icon size={14} aria-hidden />
      </ThemeIcon>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {sentence} <PlaceLink {...place}>{verb}</PlaceLink>
        {tasks.map(({ id, name }) => (
          <Fragment key={id}>
            {' · '}
            <PlaceLink to={`/tasks/${id}`}>{name}</PlaceLink>
          </Fragment>
        ))}
      </Text>
    </Group>
  );
}
