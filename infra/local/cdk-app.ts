import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The CDK app whose stack the engine runs. */
export interface CdkApp {
  /** Where it runs. */
  directory: string;
  /** Line for the shell. */
  command: string;
  context: Record<string, unknown>;
  /** Whether it is this repository's own: its inputs and its settings are known. */
  isHouse: boolean;
}
export class NoAppError extends Error {
  override name = 'NoAppError';
}

/** The repository; in the package its `dist`, which holds no app. */
const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

const Context = z.record(z.string(), z.unknown());
const CdkJson = z.object({
  app: z.string().optional(),
  build: z.string().optional(),
  context: Context.default({}),
});

/** The app of the folder where the engine is started, or else of this repository. */
export function findApp(workingDirectory: string, house: string = ROOT): CdkApp {
  return appIn(resolve(workingDirectory), house) ?? houseApp(house, workingDirectory);
}

export function houseApp(house: string = ROOT, workingDirectory: string = house): CdkApp {
  const app = appIn(house, house);
  if (app) return app;
  throw new NoAppError(`no cdk.json in ${workingDirectory}: start the engine in the folder of your CDK app`);
}

function appIn(directory: string, house: string): CdkApp | undefined {
  const file = join(directory, 'cdk.json');
  if (!existsSync(file)) return undefined;
  const { app, build, context } = read(file, CdkJson);
  if (app === undefined) throw new NoAppError(`${file} does not say under "app" how to run the app`);
  const lookedUp = join(directory, 'cdk.context.json');
  return {
    directory,
    command: build === undefined ? app : `${build} && ${app}`,
    context: { ...context, ...(existsSync(lookedUp) && read(lookedUp, Context)) },
    isHouse: relative(directory, house) === '',
  };
}

function read<T extends z.ZodType>(file: string, schema: T): z.output<T> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new NoAppError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
