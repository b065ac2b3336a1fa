const MARK = '***';
/** Shorter parts are words that occur by themselves. */
const MIN_PART_CHARS = 8;

/** `isCut`: the text may end in the middle of a secret. */
export type Redact = (text: string, isCut?: boolean) => string;

/**
 * Takes secrets out of what a receiver sends back: some echo the request, and what is kept of an answer is shown to
 * everybody who may read runs.
 */
export function redactor(secrets: readonly string[]): Redact {
  const parts = [...new Set(secrets.flatMap(formsOf))]
    .filter((part) => part.length >= MIN_PART_CHARS)
    .sort((a, b) => b.length - a.length);
  return (text, isCut = false) => {
    const clean = parts.reduce((left, part) => left.replaceAll(part, MARK), text);
    return isCut ? parts.reduce(withoutStartAtEnd, clean) : clean;
  };
}

/** The value, its words (`Bearer <token>`), and both as JSON would spell them. */
const formsOf = (secret: string): string[] =>
  [secret, ...secret.split(/\s+/)].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);

function withoutStartAtEnd(text: string, part: string): string {
  for (let length = Math.min(part.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(part.slice(0, length))) return text.slice(0, -length) + MARK;
  }
  return text;
}
