import { NumberInput } from '@mantine/core';
import type { Queue, QueuePatch } from '../../../../../../shared/client/client.ts';
import {
  MAX_BACKLOG_LIMIT,
  MAX_TASK_TIMEOUT_SECONDS,
  MAX_WORKERS,
  MIN_WORKERS,
} from '../../../../../../shared/domain/limits.ts';
import { RetryFields, retryInWords } from '../../parts/retry-fields.tsx';
import { Setting } from './setting.tsx';

interface Props {
  queue: Queue;
  editable: boolean;
  onChange(patch: QueuePatch, undo: QueuePatch, done: string): void;
}

type NumberName = 'workers' | 'timeoutSeconds' | 'maxBacklog';
const NUMBERS = {
  workers: {
    title: 'Workers',
    unit: '',
    min: MIN_WORKERS,
    max: MAX_WORKERS,
    about: 'Runs of this queue at the same time, at most. Takes effect within about a minute.',
  },
  timeoutSeconds: {
    title: 'Timeout',
    unit: ' s',
    min: 1,
    max: MAX_TASK_TIMEOUT_SECONDS,
    about: 'Of one attempt, for tasks made or replaced from now on that name none.',
  },
  maxBacklog: {
    title: 'Backlog limit',
    unit: '',
    min: 1,
    max: MAX_BACKLOG_LIMIT,
    about:
      'From so many waiting messages on, new tasks and triggers are refused; what is scheduled never is.',
  },
} as const satisfies Record<NumberName, object>;

const NO_LIMIT = 'no limit';

export function NumberSetting({ name, queue, editable, onChange }: Props & { name: NumberName }) {
  const { title, unit, min, max, about } = NUMBERS[name];
  const value = queue[name];
  const deployed = name === 'maxBacklog' ? null : queue.deployed[name];
  const inWords = (number: number | null) => (number === null ? NO_LIMIT : `${number}${unit}`);
  return (
    <Setting
      label={`${title.toLowerCase()} of ${queue.name}`}
      shown={inWords(value)}
      value={value ?? ''}
      deployed={value === deployed ? undefined : inWords(deployed)}
      editable={editable}
      about={about}
      field={(draft: number | string, change) => (
        <NumberInput
          label={`${title} of ${queue.name}`}
          value={draft}
          onChange={change}
          min={min}
          max={max}
          allowDecimal={false}
          suffix={unit}
          required
          data-autofocus
        />
      )}
      onSave={(draft) =>
        onChange(
          { [name]: Number(draft) },
          { [name]: value === deployed ? null : value },
          `${title} of ${queue.name}: ${inWords(Number(draft))}`,
        )
      }
      onReset={() =>
        onChange(
          { [name]: null },
          { [name]: value },
          `${title} of ${queue.name} as deployed: ${inWords(deployed)}`,
        )
      }
    />
  );
}

export function RetrySetting({ queue, editable, onChange }: Props) {
  const { retry, deployed } = queue;
  const isDeployed = JSON.stringify(retry) === JSON.stringify(deployed.retry);
  return (
    <Setting
      label={`retries of ${queue.name}`}
      shown={retryInWords(retry)}
      value={retry}
      deployed={isDeployed ? undefined : retryInWords(deployed.retry)}
      editable={editable}
      about="For tasks made or replaced from now on that name none."
      field={(draft, change) => <RetryFields value={draft} onChange={change} />}
      onSave={(draft) =>
        onChange(
          { retry: draft },
          { retry: isDeployed ? null : retry },
          `Retries of ${queue.name}: ${retryInWords(draft)}`,
        )
      }
      onReset={() => onChange({ retry: null }, { retry }, `Retries of ${queue.name} as deployed`)}
    />
  );
}
