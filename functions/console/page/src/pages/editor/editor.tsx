import {
  Accordion,
  Alert,
  Badge,
  Button,
  Grid,
  Group,
  Paper,
  Stack,
  Tabs,
  Text,
  TextInput,
} from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import { Page } from '../../parts/page.tsx';
import { problemText } from '../../parts/problem-alert.tsx';
import { useMay } from '../../session/session-context.tsx';
import { CopyAs } from './copy-as.tsx';
import { type Draft, textOf } from './draft.ts';
import { countWithin, EditorProvider } from './editor-context.tsx';
import { TextField } from './fields.tsx';
import { Firings } from './firings.tsx';
import { JsonView } from './json-view.tsx';
import {
  ChainSection,
  LimitsSection,
  PlaceSection,
  RetrySection,
  StopSection,
  TimingSection,
} from './policy-sections.tsx';
import { ScheduleSection } from './schedule-section.tsx';
import { Unsaved } from './unsaved.tsx';
import { type Check, useCheck } from './use-check.ts';
import type { useDraft } from './use-draft.ts';
import { WorkSection } from './work-section.tsx';

interface Props {
  title: string;
  id: string;
  /** Of a task that is not there yet. */
  onId?: (id: string) => void;
  state: ReturnType<typeof useDraft>;
  /** As it was when the page was opened. */
  base: Draft;
  save(): void;
  isSaving: boolean;
  isSaved: boolean;
  children?: ReactNode;
}

const NONE: Check['problems'] = [];
const NOTHING_CHANGED = { text: 'Nothing to save yet' };

const SECTIONS: { name: string; label: string; fields: string[]; show: ComponentType }[] = [
  {
    name: 'place',
    label: 'Queue, tags, timeout',
    fields: ['queue', 'tags', 'timeoutSeconds', 'heartbeatSeconds'],
    show: PlaceSection,
  },
  { name: 'retry', label: 'Retries', fields: ['retry'], show: RetrySection },
  {
    name: 'timing',
    label: 'Overlap, misfire, deadline',
    fields: ['overlap', 'misfire', 'misfireGraceSeconds', 'catchUpLimit', 'deadline', 'system'],
    show: TimingSection,
  },
  { name: 'limits', label: 'Shared limits', fields: ['concurrency', 'rateLimit'], show: LimitsSection },
  { name: 'stop', label: 'When it ends by itself', fields: ['stop'], show: StopSection },
  {
    name: 'chain',
    label: 'What it triggers',
    fields: ['onSuccess', 'onFailure', 'onDead'],
    show: ChainSection,
  },
];

export function EditorPage(props: Props) {
  if (useMay('operator')) return <Writable {...props} />;
  return (
    <Page title={props.title}>
      <Alert color="yellow" title="This needs the role operator" />
    </Page>
  );
}

function Writable(props: Props) {
  const { title, id, state, base, save, isSaving, isSaved, children } = props;
  const { draft } = state;
  const check = useCheck(id, draft);
  const isDirty = textOf(draft) !== textOf(base) || state.syntax !== undefined;
  // Nobody is told what is missing before they began.
  const problems = isDirty ? check.problems : NONE;
  const isBlocked = state.syntax !== undefined || check.problems.length > 0 || id === '';
  return (
    <Page
      title={title}
      about={<VerdictLine {...(isDirty ? verdictOf(check) : NOTHING_CHANGED)} />}
      actions={
        <>
          <CopyAs id={id} draft={draft} />
          <Button onClick={save} loading={isSaving} disabled={isBlocked || !isDirty}>
            Save
          </Button>
        </>
      }
    >
      <Unsaved isDirty={isDirty && !isSaved} />
      {children}
      <EditorProvider value={{ draft, set: state.set, problems }}>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <Form {...props} problems={problems} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Stack>
              <Paper withBorder p="md">
                <Firings schedule={draft.schedule} />
              </Paper>
              <JsonView
                text={state.text}
                onChange={state.type}
                onBlur={state.tidy}
                syntax={state.syntax}
                problems={problems}
              />
            </Stack>
          </Grid.Col>
        </Grid>
      </EditorProvider>
    </Page>
  );
}

function Form({ id, onId, problems }: Props & { problems: Check['problems'] }) {
  return (
    <Stack>
      <TextField path="name" label="Name" required />
      {onId && (
        <TextInput
          label="Id"
          description="In addresses and commands, for good: letters, digits, . _ -"
          value={id}
          onChange={({ currentTarget }) => onId(currentTarget.value)}
          required
        />
      )}
      <TextField path="description" label="Description" long />
      <Tabs defaultValue="schedule" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="schedule" rightSection={<Count of={countWithin(problems, ['schedule'])} />}>
            Schedule
          </Tabs.Tab>
          <Tabs.Tab
            value="work"
            rightSection={<Count of={countWithin(problems, ['handler', 'target', 'payload'])} />}
          >
            What runs
          </Tabs.Tab>
          <Tabs.Tab
            value="rules"
            rightSection={
              <Count
                of={countWithin(
                  problems,
                  SECTIONS.flatMap(({ fields }) => fields),
                )}
              />
            }
          >
            Rules
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="schedule">
          <ScheduleSection />
        </Tabs.Panel>
        <Tabs.Panel value="work">
          <WorkSection />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          <Accordion multiple variant="separated" defaultValue={['place']}>
            {SECTIONS.map(({ name, label, fields, show: Show }) => (
              <Accordion.Item key={name} value={name}>
                <Accordion.Control>
                  <Group gap="xs">
                    {label} <Count of={countWithin(problems, fields)} />
                  </Group>
                </Accordion.Control>
                <Accordion.Panel>
                  <Show />
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

const Count = ({ of }: { of: number }) =>
  of === 0 ? null : (
    <Badge color="red" size="sm" aria-label={`${of} ${of === 1 ? 'problem' : 'problems'}`}>
      {of}
    </Badge>
  );

interface Verdict {
  text: string;
  color?: 'red' | 'green';
}

/** What the dry run says. */
function verdictOf({ error, problems, task }: Check): Verdict {
  if (error) return { text: `Could not be checked: ${problemText(error)}`, color: 'red' };
  const count = problems.length;
  if (count > 0) {
    const counted = `${count} ${count === 1 ? 'problem' : 'problems'}`;
    return { text: `${counted}: each is shown at its field and beneath the JSON`, color: 'red' };
  }
  return task
    ? { text: `Can be saved: ${task.scheduleDescription}`, color: 'green' }
    : { text: 'Being checked' };
}

/** Always as high: what is below it must not move while somebody types. */
function VerdictLine({ text, color }: Verdict) {
  return (
    <Text role="status" lineClamp={2} h={LINES_PX} title={text} {...(color && { c: color, fw: 600 })}>
      {text}
    </Text>
  );
}

/** Two lines. */
const LINES_PX = 50;
