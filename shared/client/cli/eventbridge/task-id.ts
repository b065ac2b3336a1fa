import { createHash } from 'node:crypto';

const LONGEST = 128;
const HASH_CHARS = 16;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARS);

/**
 * `<group>.<name>`, always the same for the same schedule. Where that could be another schedule's (a dot in the group), or no
 * id (too long, or it begins with neither letter nor digit), a hash of both stands behind it.
 */
export function taskIdOf(group: string, name: string): string {
  const plain = `${group}.${name}`;
  if (!group.includes('.') && plain.length <= LONGEST && /^[A-Za-z0-9]/.test(plain)) return plain;
  const readable = plain.replace(/^[^A-Za-z0-9]+/, '').slice(0, LONGEST - HASH_CHARS - 1);
  return `${readable}_${hash(`${group}/${name}`)}`;
}

/** Tells schedules of the same name apart that are in different accounts or regions. */
export function originTag(arn: string): string {
  const [, , , region = '', account = ''] = arn.split(':');
  return `eventbridge:${region}:${account}`;
}
