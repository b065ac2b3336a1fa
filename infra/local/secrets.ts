import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { AwsReply } from './aws-endpoint.ts';
import { RecipeSchema, type SecretPlan, type SecretRecipe } from './template/plan-stores.ts';

/** The template's secrets: generated once as it says, kept in the data folder, readable by their owner only. */
export interface Secrets {
  getSecretValue(input: unknown): AwsReply;
  /** Token of the administrator and where it came from; undefined without a secret that holds one. */
  adminToken: AdminToken | undefined;
  /** Where the key is kept that signs webhooks, if any can be sent. */
  signingKeyFile: string | undefined;
}
export interface AdminToken {
  token: string;
  /** File that holds it, unless it was given. */
  file: string | undefined;
  isNew: boolean;
}
export interface SecretsOptions {
  plans: SecretPlan[];
  dataDirectory: string;
  /** Takes the place of the generated admin token. */
  givenToken: string | undefined;
  /** Where functions look for the admin token. A secret of the account, not of the template, gets a stand-in. */
  adminSecretArn?: string | undefined;
  /** Where they look for the key that signs webhooks. */
  signingSecretArn?: string | undefined;
}

const SIGNING_KEY_FILE = 'webhook-signing-key';

const AdminSchema = z.object({ id: z.string(), secret: z.string() });
const InputSchema = z.object({ SecretId: z.string() });

export function openSecrets(options: SecretsOptions): Secrets {
  const { dataDirectory, givenToken } = options;
  const plans = withStandIns(options);
  const values = new Map<SecretPlan, string>();
  let adminToken: AdminToken | undefined;
  let signingKeyFile: string | undefined;
  for (const plan of plans) {
    if (plan.value.kind === 'given') {
      values.set(plan, plan.value.text);
      continue;
    }
    const admin = AdminSchema.safeParse(parseJson(generate(plan.value.recipe)));
    if (admin.success && !adminToken) {
      const { id, secret } = admin.data;
      adminToken = chooseAdminToken(join(dataDirectory, 'admin-token'), givenToken, `esc_${id}_${secret}`);
      values.set(plan, JSON.stringify({ id, token: adminToken.token }));
      continue;
    }
    const isSigningKey = plan.arn === options.signingSecretArn;
    const file = isSigningKey
      ? join(dataDirectory, SIGNING_KEY_FILE)
      : join(dataDirectory, 'secrets', plan.logicalId);
    if (isSigningKey) signingKeyFile = file;
    if (!existsSync(file)) writePrivately(file, generate(plan.value.recipe));
    values.set(plan, readFileSync(file, 'utf8'));
  }
  return {
    adminToken,
    signingKeyFile,
    getSecretValue(input) {
      const parsed = InputSchema.safeParse(input);
      const id = parsed.success ? parsed.data.SecretId : '';
      const plan = plans.find(({ arn, name }) => arn === id || name === id);
      const text = plan ? values.get(plan) : standIn(dataDirectory, id);
      if (text === undefined) {
        const message =
          "Secrets Manager can't find the specified secret (here its text goes into a file of its name in the folder secrets of the data folder).";
        return { statusCode: 400, body: { __type: 'ResourceNotFoundException', message } };
      }
      const body = {
        ARN: plan?.arn ?? id,
        Name: plan?.name ?? secretName(id),
        SecretString: text,
        VersionId: '00000000-0000-0000-0000-000000000000',
        VersionStages: ['AWSCURRENT'],
      };
      return { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
    },
  };
}

const ADMIN_RECIPE = RecipeSchema.parse({
  SecretStringTemplate: '{"id":"admin"}',
  GenerateStringKey: 'secret',
  ExcludePunctuation: true,
  PasswordLength: 40,
});
const SIGNING_RECIPE = RecipeSchema.parse({ ExcludePunctuation: true, PasswordLength: 44 });

/** For what functions look for and the template does not make, since the account has it. */
function withStandIns({ plans, adminSecretArn, signingSecretArn }: SecretsOptions): SecretPlan[] {
  const wanted = [
    { logicalId: 'AdminToken', name: 'admin-token', arn: adminSecretArn, recipe: ADMIN_RECIPE },
    { logicalId: 'SigningKey', name: SIGNING_KEY_FILE, arn: signingSecretArn, recipe: SIGNING_RECIPE },
  ];
  const missing = wanted.flatMap(({ arn, recipe, ...named }): SecretPlan[] =>
    arn === undefined || plans.some((plan) => plan.arn === arn)
      ? []
      : [{ ...named, arn, value: { kind: 'generated', recipe } }],
  );
  return [...plans, ...missing];
}

function chooseAdminToken(file: string, given: string | undefined, fresh: string): AdminToken {
  if (given !== undefined) return { token: given, file: undefined, isNew: false };
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept !== '') return { token: kept, file, isNew: false };
  writePrivately(file, `${fresh}\n`);
  return { token: fresh, file, isNew: true };
}

/** A secret of the account, which the template only names: whoever needs it puts a file there. */
function standIn(dataDirectory: string, arn: string): string | undefined {
  const name = secretName(arn);
  const file = name && join(dataDirectory, 'secrets', encodeURIComponent(name));
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** AWS adds a dash and six characters to it. */
const secretName = (arn: string): string | undefined => /:secret:(\w[\w/+=.@-]*)-\w{6}$/.exec(arn)?.[1];

/** Whole or not at all, whatever kills us. */
function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** GenerateSecretString, as CloudFormation documents it. */
export function generate(recipe: SecretRecipe): string {
  const excluded = new Set(recipe.ExcludeCharacters);
  const kinds = [
    recipe.ExcludeLowercase ? '' : LOWERCASE,
    recipe.ExcludeUppercase ? '' : LOWERCASE.toUpperCase(),
    recipe.ExcludeNumbers ? '' : '0123456789',
    recipe.ExcludePunctuation ? '' : PUNCTUATION,
    recipe.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  const pick = (from: string[]) => from[randomInt(from.length)] ?? '';
  const password = Array.from({ length: recipe.PasswordLength }, () => pick(all));
  if (recipe.RequireEachIncludedType && password.length >= kinds.length) {
    const places = new Set<number>();
    for (const kind of kinds) {
      let place = randomInt(password.length);
      while (places.has(place)) place = (place + 1) % password.length;
      places.add(place);
      password[place] = pick(kind);
    }
  }
  if (recipe.GenerateStringKey === undefined) return password.join('');
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(recipe.SecretStringTemplate ?? '{}'));
  return JSON.stringify({ ...template, [recipe.GenerateStringKey]: password.join('') });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
