import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const DeclaredSchema = z.object({
  logicalId: z.string(),
  physicalId: z.string(),
  properties: z.record(z.string(), z.string()),
});
export type Declared = z.infer<typeof DeclaredSchema>;
const FileSchema = z.object({
  declared: z.array(DeclaredSchema),
  replaced: z.array(DeclaredSchema),
});

/** What CloudFormation knows of a stack besides its template: what was declared, and under which id. */
export interface Kept {
  readonly declared: ReadonlyMap<string, Declared>;
  /** Whose declaration goes by another id now, and which are still to be deleted. */
  readonly replaced: readonly Declared[];
  declare(one: Declared): void;
  forget(one: Declared): void;
}

export function openKept(dataDirectory: string): Kept {
  const file = join(dataDirectory, 'declared.json');
  const before = existsSync(file)
    ? FileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { declared: [], replaced: [] };
  const declared = new Map(before.declared.map((one) => [one.logicalId, one]));
  let { replaced } = before;
  const write = () => {
    writeFileSync(`${file}.new`, JSON.stringify({ declared: [...declared.values()], replaced }), {
      mode: 0o600,
    });
    renameSync(`${file}.new`, file);
  };
  return {
    declared,
    get replaced() {
      return replaced;
    },
    declare(one) {
      const old = declared.get(one.logicalId);
      if (old && old.physicalId !== one.physicalId) replaced = [...replaced, old];
      // It may have gone back to an id that it had before.
      replaced = replaced.filter(({ physicalId }) => physicalId !== one.physicalId);
      declared.set(one.logicalId, one);
      write();
    },
    forget(one) {
      replaced = replaced.filter((other) => other !== one);
      if (declared.get(one.logicalId) === one) declared.delete(one.logicalId);
      write();
    },
  };
}
