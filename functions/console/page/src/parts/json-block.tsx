import { Code, CopyButton, Group, Spoiler, UnstyledButton } from '@mantine/core';

const SHOWN_PX = 220;

/** JSON to read: long ones fold, and all of it can be copied. */
export function JsonBlock({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  return (
    <div>
      <Group justify="space-between">
        <span id={`json-${label}`}>{label}</span>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <UnstyledButton fz="xs" td="underline" onClick={copy} aria-label={`Copy ${label}`}>
              {copied ? 'copied' : 'copy'}
            </UnstyledButton>
          )}
        </CopyButton>
      </Group>
      <Spoiler maxHeight={SHOWN_PX} showLabel="Show all" hideLabel="Show less">
        <Code block role="group" tabIndex={0} aria-labelledby={`json-${label}`}>
          {text}
        </Code>
      </Spoiler>
    </div>
  );
}
