import { SimpleGrid, TagsInput } from '@mantine/core';
import { MAX_RETRY_RULES } from '../../../../../../shared/domain/limits.ts';
import { STRATEGIES } from '../../parts/retry-fields.tsx';
import { isObject } from './draft.ts';
import { useField } from './editor-context.tsx';
import { ChoiceField, NumberField, TextField } from './fields.tsx';
import { RowsField } from './rows.tsx';

const CAUSES = [
  { value: 'error', label: 'error: it was thrown' },
  { value: 'timedOut', label: 'timedOut' },
  { value: 'crashed', label: 'crashed: not heard of again' },
  { value: 'throttled', label: 'throttled: status 429 and the like' },
];
const THEN = [
  { value: 'retry', label: 'retry: another attempt' },
  { value: 'stop', label: 'stop: the run is dead' },
  { value: 'snooze', label: 'snooze: again later, spends no attempt' },
];
/** What a rule that stops has no use for. */
const TIMING = ['strategy', 'baseSeconds', 'maxSeconds', 'limit'] as const;
const THE_POLICYS = "policy's when empty";

/** What becomes of which failure, where the policy itself is not to decide. */
export function RetryRulesField({ ofQueue }: { ofQueue: number }) {
  const { value } = useField('retry.rules');
  const inherited = value === undefined && ofQueue > 0;
  return (
    <RowsField
      path="retry.rules"
      label="Rules"
      description={
        inherited
          ? `The queue's hold (${ofQueue} of them) until there is one here`
          : 'The first that matches a failure decides; none does: the policy above'
      }
      one="Rule"
      blank={{ match: {}, then: 'retry' }}
      max={MAX_RETRY_RULES}
      ordered
      // Nothing at all would bring back those of the queue.
      {...(ofQueue > 0 && { none: [] })}
    >
      {(path) => <RuleFields path={path} />}
    </RowsField>
  );
}

function RuleFields({ path }: { path: string }) {
  const { value, set } = useField(path);
  const rule = isObject(value) ? value : {};
  const hasTiming = rule.then !== 'stop' || TIMING.some((name) => name in rule);
  const decide = (next: string) => {
    const kept = Object.entries(rule).filter(
      ([name]) => next !== 'stop' || !TIMING.some((one) => one === name),
    );
    set({ ...Object.fromEntries(kept), then: next });
  };
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextField
          path={`${path}.match.errorType`}
          label="Error"
          placeholder="Http*"
          description="Name, or part with *"
        />
        <StatusesField path={`${path}.match.httpStatus`} />
        <ChoiceField path={`${path}.match.cause`} label="Cause" description="Any when empty" data={CAUSES} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <ChoiceField path={`${path}.then`} label="Then" data={THEN} required onChoose={decide} />
        {hasTiming && (
          <ChoiceField
            path={`${path}.strategy`}
            label="Strategy"
            placeholder={THE_POLICYS}
            data={[...STRATEGIES]}
          />
        )}
      </SimpleGrid>
      {hasTiming && (
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <NumberField path={`${path}.baseSeconds`} label="Base, s" description={THE_POLICYS} />
          <NumberField path={`${path}.maxSeconds`} label="At most, s" description={THE_POLICYS} />
          <NumberField path={`${path}.limit`} label="Retries" description="shared when empty" />
        </SimpleGrid>
      )}
    </>
  );
}

/** Statuses are numbers, and classes of them are words. */
function StatusesField({ path }: { path: string }) {
  const { value, set, error } = useField(path);
  const change = (all: string[]) =>
    set(all.length === 0 ? undefined : all.map((one) => (/^\d+$/.test(one) ? Number(one) : one)));
  return (
    <TagsInput
      label="HTTP status"
      description="Such as 404, 5xx"
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={change}
      splitChars={[',', ' ']}
      error={error}
    />
  );
}
