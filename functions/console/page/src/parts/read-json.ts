export type ReadJson = { ok: true; value: unknown } | { ok: false; message: string };

/** What somebody typed, or what is wrong with it. */
export function readJson(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'not JSON' };
  }
}
