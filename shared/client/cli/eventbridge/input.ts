import { Unmapped } from './unmapped.ts';

/** What the scheduler there fills in, filled in here. */
const CONTEXT: ReadonlyMap<string, string> = new Map([
  ['scheduled-time', "{{ $substring(run.scheduledAt, 0, 19) & 'Z' }}"],
  ['execution-id', '{{ run.id }}'],
  ['attempt-number', '{{ run.attempt }}'],
]);
const PLACEHOLDER = /<aws\.scheduler\.([a-z-]+)>/g;
const STRING_OR_PLACEHOLDER = /"(?:[^"\\]|\\.)*"|<aws\.scheduler\.[a-z-]+>/g;

/** The input as payload: JSON where it is, else the text. */
export function payloadOf(input: string, arn: string): unknown {
  if (/\{\{/.test(input)) throw new Unmapped('an input with {{, which is filled in here');
  const filled = (text: string) =>
    text.replaceAll(PLACEHOLDER, (all, name: string) => {
      const ours = name === 'schedule-arn' ? arn : CONTEXT.get(name);
      if (ours === undefined) throw new Unmapped(`${all} in the input`);
      return ours;
    });
  // One that stands outside of texts becomes the value itself.
  const json = input.replaceAll(STRING_OR_PLACEHOLDER, (part) =>
    part.startsWith('<') ? JSON.stringify(filled(part)) : filled(part),
  );
  try {
    return JSON.parse(json);
  } catch {
    return filled(input);
  }
}

export const hasPlaceholders = (input: string): boolean => input.includes('<aws.scheduler.');

/** A number that JSON cannot hold as it was written. */
export const hasLongNumber = (input: string): boolean =>
  /(?:^|[\s,:[])-?\d{16,}/.test(input.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));

/** The payload as input. */
export function inputOf(payload: unknown): string {
  let text = JSON.stringify(payload ?? {});
  for (const [theirs, ours] of CONTEXT) text = text.replaceAll(ours, `<aws.scheduler.${theirs}>`);
  text = text.replaceAll(/\{\{\s*run\.scheduledAt\s*\}\}/g, '<aws.scheduler.scheduled-time>');
  if (/\{\{/.test(text))
    throw new Unmapped('a payload with templates that EventBridge Scheduler does not fill in');
  return text;
}
