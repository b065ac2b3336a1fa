import { readEnv } from '../env.ts';
import { makeConsole } from './console.ts';
import { readPageFiles } from './page-files.ts';

const env = readEnv(['ESCAPEMENT_VERSION', 'ESCAPEMENT_CONSOLE_OIDC']);

export const handler = makeConsole(readPageFiles(new URL('./page/', import.meta.url)), {
  version: env.ESCAPEMENT_VERSION,
  oidc: env.ESCAPEMENT_CONSOLE_OIDC,
});
