/** For text that may be anything: undefined when it is not JSON, which JSON itself cannot say. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
