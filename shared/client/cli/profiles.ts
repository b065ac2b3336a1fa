import { join } from 'node:path';
import * as z from 'zod';
import { Failure, misused } from './failure.ts';
import type { Io } from './io.ts';

const ProfileSchema = z.strictObject({ url: z.url({ protocol: /^https?$/ }), token: z.string().min(1) });
export type Profile = z.infer<typeof ProfileSchema>;

const ConfigSchema = z.strictObject({
  /** Name of the profile that is used when none is named. */
  current: z.string().optional(),
  profiles: z.record(z.string(), ProfileSchema),
});
export type Config = z.infer<typeof ConfigSchema>;

type Storage = Pick<Io, 'env' | 'homeDirectory' | 'readPrivate' | 'writePrivate'>;

export const configPath = ({ env, homeDirectory }: Storage): string =>
  join(env.XDG_CONFIG_HOME || join(homeDirectory, '.config'), 'escapement', 'config.json');

export async function readConfig(io: Storage): Promise<Config> {
  const path = configPath(io);
  const text = await io.readPrivate(path);
  if (text === undefined) return { profiles: {} };
  try {
    return ConfigSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure(`${path} cannot be read (${summary(error)}): mend it, or remove it and log in again`);
  }
}

export const writeConfig = (io: Storage, config: Config): Promise<void> =>
  io.writePrivate(configPath(io), `${JSON.stringify(config, null, 2)}\n`);

/** What `--profile` and `--url` say. */
export interface Choice {
  profile?: string | undefined;
  url?: string | undefined;
}

/**
 * Where to, and as whom: `--profile`, else `--url` or ESCAPEMENT_URL with ESCAPEMENT_TOKEN, else ESCAPEMENT_PROFILE, else
 * the current profile. A token of a profile goes to that profile's address only.
 */
export async function chosenProfile(io: Storage, choice: Choice): Promise<{ url: string; token?: string }> {
  const url = choice.url ?? (choice.profile === undefined ? io.env.ESCAPEMENT_URL : undefined);
  if (url !== undefined) {
    const token = io.env.ESCAPEMENT_TOKEN;
    return { url: soundUrl(url), ...(token ? { token } : {}) };
  }
  const { current, profiles } = await readConfig(io);
  const name = choice.profile ?? io.env.ESCAPEMENT_PROFILE ?? current;
  if (name === undefined) {
    throw misused(
      'No deployment is chosen. Log in once: escapement login <url>\n' +
        'or set ESCAPEMENT_URL and ESCAPEMENT_TOKEN. For one started here by npm start:\n' +
        '  escapement login http://127.0.0.1:4650 --token-file .escapement/admin-token',
    );
  }
  return profileOf(profiles, name);
}

export function profileOf(profiles: Config['profiles'], name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile) return profile;
  const known = Object.keys(profiles).join(', ');
  throw misused(`There is no profile ${name}${known ? `; there are ${known}` : ''}`);
}

export function soundUrl(text: string): string {
  const url = ProfileSchema.shape.url.safeParse(text);
  if (!url.success)
    throw misused(`${text} is not an address: expected http(s)://…, such as http://127.0.0.1:4650`);
  // Pasted from an example of the API.
  return url.data.replace(/\/+$/, '').replace(/\/v1$/, '');
}

const summary = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    : error instanceof Error
      ? error.message
      : String(error);
