import { Anchor, Code, List, Stack, Text, Textarea } from '@mantine/core';
import { useRef } from 'react';
import { lineOf } from './line-of.ts';
import type { FieldProblem } from './use-check.ts';

interface Props {
  text: string;
  onChange(text: string): void;
  onBlur(): void;
  /** Why it is no JSON; undefined when it is. */
  syntax: string | undefined;
  problems: readonly FieldProblem[];
}

const MONOSPACE = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } };

/** The same task as JSON: what is typed here stands in the form at once, and the other way round. */
export function JsonView({ text, onChange, onBlur, syntax, problems }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const show = (line: number) => {
    const lines = text.split('\n');
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <Stack gap="xs">
      <Textarea
        ref={area}
        label="JSON"
        description="What the API takes. It and the form are always in step."
        value={text}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        onBlur={onBlur}
        error={syntax}
        autosize
        minRows={12}
        maxRows={34}
        spellCheck={false}
        styles={MONOSPACE}
      />
      {problems.length > 0 && (
        <List size="sm" aria-label="Problems">
          {problems.map(({ path, message }) => {
            const line = lineOf(text, path);
            return (
              <List.Item key={`${path} ${message}`}>
                <Code>{path || 'all of it'}</Code>{' '}
                {line !== undefined && (
                  <Anchor component="button" type="button" size="sm" onClick={() => show(line)}>
                    line {line}
                  </Anchor>
                )}{' '}
                <Text span size="sm">
                  {message}
                </Text>
              </List.Item>
            );
          })}
        </List>
      )}
    </Stack>
  );
}
