import { createHash } from 'node:crypto';
import type { Execution } from './execution.ts';
import { MAX_ERROR_MESSAGE_CHARS } from './limits.ts';
import type { Target } from './target.ts';

/**
 * What deaths of the same kind have in common. The rules below are part of the stored data: entries of the index and
 * what people ignore carry fingerprints made by them.
 */

/**
 * What differs from one death to the next, and the name that stands for it. Each takes time in proportion to the
 * text, whatever it is: no expression can begin twice at the same character and end differently. What stands in for
 * something matches none of them, so normalising again changes nothing.
 */
const VARIABLE: readonly [RegExp, string][] = [
  [/(?<![A-Za-z0-9+.>-])[A-Za-z][A-Za-z0-9+.-]{1,15}:\/\/[^\s"'`<>]+/g, '<url>'],
  [/"[^"]*"|`[^`]*`/g, '<text>'],
  // An apostrophe within a word quotes nothing.
  [/(?<![\w>'])'[^']*'(?![\w<'])/g, '<text>'],
  [/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>'],
  [/(?<![A-Za-z0-9])\d+(?:[.,:]\d+)*(?![A-Za-z0-9])/g, '<n>'],
];
/** Letters and digits in one: an id when it is long, a name with a number when it is short. */
const WORD = /[A-Za-z0-9]+/g;
const LONG = 8;
const REPEATED = /(<[a-z]+>)(?:[ ,;]+\1)+/g;

export function normalisedMessage(message: string): string {
  let text = message.replace(/\s+/g, ' ').trim();
  for (const [pattern, name] of VARIABLE) text = text.replace(pattern, name);
  return text.replace(WORD, nameOfWord).replace(REPEATED, '$1');
}

function nameOfWord(word: string): string {
  const hasDigit = /\d/.test(word);
  if (word.length >= LONG && (hasDigit || /^[a-f]+$/i.test(word))) return '<id>';
  return hasDigit ? word.replace(/\d+/g, '<n>') : word;
}

/** Error type, message without what differs, and handler or target; 16 hexadecimal digits. */
export function fingerprintOf(death: {
  handler: string;
  /** Where a task with a target sends its runs. */
  target?: Target | undefined;
  errorType?: string;
  errorMessage?: string;
}): string {
  const { handler, target, errorType = '', errorMessage = '' } = death;
  const message = normalisedMessage(errorMessage.slice(0, MAX_ERROR_MESSAGE_CHARS));
  const whole = JSON.stringify([handler, target ? addressOf(target) : '', errorType, message]);
  return createHash('sha256').update(whole).digest('hex').slice(0, FINGERPRINT_CHARS);
}
const FINGERPRINT_CHARS = 16;

/** Of a run that died before deaths were given one it follows from what it holds. */
export const fingerprintOfRun = (run: Execution): string => run.fingerprint ?? fingerprintOf(run);

function addressOf(target: Target): string {
  switch (target.type) {
    case 'http':
      return URL.parse(target.url)?.host ?? '';
    case 'lambda':
      return target.functionArn;
    case 'sqs':
      return target.queueUrl;
    case 'sns':
      return target.topicArn;
    case 'eventbridge':
      return target.busName;
    case 'stepFunctions':
      return target.stateMachineArn;
  }
}
