import { Code, Text } from '@mantine/core';
import { diffLines } from 'diff';

const LOOKS = {
  added: { sign: '+', color: 'green', tag: 'ins' },
  removed: { sign: '−', color: 'red', tag: 'del' },
} as const;

const json = (value: unknown): string => JSON.stringify(value, null, 2) ?? '';

/** Two documents line by line; what went and what came is marked by a sign as well as by its colour. */
export function Diff({ label, before, after }: { label: string; before: unknown; after: unknown }) {
  const parts = diffLines(json(before), json(after));
  if (parts.every(({ added, removed }) => !added && !removed))
    return <Text size="sm">They say the same.</Text>;
  let line = 0;
  return (
    <Code block role="group" aria-label={label} tabIndex={0}>
      {parts.flatMap(({ value, added, removed }) => {
        const look = added ? LOOKS.added : removed ? LOOKS.removed : undefined;
        return value
          .replace(/\n$/, '')
          .split('\n')
          .map((text) => {
            const Tag = look?.tag ?? 'span';
            line++;
            return (
              <Tag
                key={line}
                style={{
                  display: 'block',
                  textDecoration: 'none',
                  ...(look && { background: `var(--mantine-color-${look.color}-light)` }),
                }}
              >
                {look?.sign ?? ' '} {text}
              </Tag>
            );
          });
      })}
    </Code>
  );
}
