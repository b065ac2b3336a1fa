import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parseAll } from '../../shared/contract/problems.ts';
import { type Parser, parser } from './parser.ts';
import { anything, near } from './values.ts';

export const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['shared/contract', 'infra'];
const FILES = ['shared/messages.ts', 'functions/handler-messages.ts'];

/** Every schema that one of these modules exports: one that is added tomorrow is in the list tomorrow. */
export async function schemaParsers(): Promise<Parser[]> {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => (folder === 'infra' ? /^config-\w+\.ts$/.test(file) : file.endsWith('.ts')))
      .map((file) => `${folder}/${file}`),
  );
  const lists = await Promise.all([...FILES, ...inFolders].map(schemasOf));
  return lists.flat();
}

async function schemasOf(file: string): Promise<Parser[]> {
  const module: Record<string, unknown> = await import(join(ROOT, file));
  return Object.entries(module).flatMap(([name, schema]) =>
    schema instanceof z.ZodType
      ? [
          parser(`${file} ${name}`, near(schema), (value) => described(schema, value)),
          parser(`${file} ${name}, anything`, anything, (value) => described(schema, value)),
        ]
      : [],
  );
}

/** Refusing is an answer; what it says of each place is text. */
function described(schema: z.ZodType, value: unknown): void {
  const parsed = parseAll(schema, value);
  if (parsed.ok) return;
  if (parsed.errors.length === 0 || parsed.errors.some(({ message }) => typeof message !== 'string'))
    throw new Error('refused without saying why');
}
