import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate, openSecrets } from '../../../infra/local/secrets.ts';
import type { SecretPlan, SecretRecipe } from '../../../infra/local/template/plan-stores.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const RECIPE: SecretRecipe = {
  PasswordLength: 40,
  ExcludeCharacters: '',
  ExcludeLowercase: false,
  ExcludeUppercase: false,
  ExcludeNumbers: false,
  ExcludePunctuation: true,
  IncludeSpace: false,
  RequireEachIncludedType: true,
};
const ADMIN: SecretPlan = {
  logicalId: 'Admin',
  name: 'admin',
  arn: 'arn:admin',
  value: {
    kind: 'generated',
    recipe: { ...RECIPE, SecretStringTemplate: '{"id":"admin"}', GenerateStringKey: 'secret' },
  },
};
const open = (dataDirectory: string, plans: SecretPlan[], givenToken?: string) => {
  const secrets = openSecrets({ plans, dataDirectory, givenToken });
  const get = (SecretId: string) => secrets.getSecretValue({ SecretId });
  const text = (id: string) => (get(id).body as { SecretString: string }).SecretString;
  return { ...secrets, get, text };
};

describe('the admin token', () => {
  it('is made once, kept for its owner only, and served to functions', () => {
    const folder = temporaryFolder();
    const first = open(folder, [ADMIN]);
    const file = join(folder, 'admin-token');
    expect(first.adminToken).toEqual({
      token: expect.stringMatching(/^esc_admin_[A-Za-z0-9]{40}$/),
      file,
      isNew: true,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first.adminToken?.token);
    expect(JSON.parse(first.text('arn:admin'))).toMatchObject({
      id: 'admin',
      token: first.adminToken?.token,
    });
    expect(open(folder, [ADMIN]).adminToken).toEqual({ token: first.adminToken?.token, file, isNew: false });
  });

  it('can be given, and then is written nowhere', () => {
    const folder = temporaryFolder();
    const { adminToken, text } = open(folder, [ADMIN], 'mine');
    expect(adminToken).toEqual({ token: 'mine', file: undefined, isNew: false });
    expect(JSON.parse(text('arn:admin'))).toMatchObject({ token: 'mine' });
    expect(open(folder, [ADMIN]).adminToken).toMatchObject({ isNew: true });
  });

  it('has a stand-in when the template takes it from a secret of the account', () => {
    const secrets = openSecrets({
      plans: [],
      dataDirectory: temporaryFolder(),
      givenToken: undefined,
      adminSecretArn: 'arn:elsewhere',
    });
    expect(secrets.adminToken?.token).toMatch(/^esc_admin_[A-Za-z0-9]{40}$/);
    expect(secrets.getSecretValue({ SecretId: 'arn:elsewhere' }).statusCode).toBe(200);
  });
});

describe('other secrets', () => {
  it('are generated once', () => {
    const folder = temporaryFolder();
    const plan: SecretPlan = { ...ADMIN, logicalId: 'Other', value: { kind: 'generated', recipe: RECIPE } };
    const value = open(folder, [plan]).text('arn:admin');
    expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(open(folder, [plan]).text('admin')).toBe(value);
  });

  it('may be given by the template', () => {
    const plan: SecretPlan = { ...ADMIN, value: { kind: 'given', text: 'open' } };
    expect(open(temporaryFolder(), [plan]).text('admin')).toBe('open');
  });

  it('that do not exist are refused as AWS does', () => {
    expect(open(temporaryFolder(), []).get('nobody')).toMatchObject({
      statusCode: 400,
      body: { __type: 'ResourceNotFoundException' },
    });
  });
});

describe('generated text', () => {
  it('has one of each kind of character, and none that is excluded', () => {
    for (let i = 0; i < 50; i++) {
      expect(generate({ ...RECIPE, PasswordLength: 4, ExcludePunctuation: false })).toMatch(
        /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^a-zA-Z\d]).{4}$/,
      );
      expect(generate({ ...RECIPE, ExcludeCharacters: 'aA0' })).toMatch(/^[b-zB-Z1-9]{40}$/);
      expect(generate({ ...RECIPE, ExcludeLowercase: true, ExcludeNumbers: true })).toMatch(/^[A-Z]{40}$/);
    }
  });
});

describe('the key that signs webhooks', () => {
  const signing: SecretPlan = {
    logicalId: 'Key',
    name: 'key',
    arn: 'arn:key',
    value: { kind: 'generated', recipe: { ...RECIPE, PasswordLength: 44 } },
  };

  it('is kept where people find it, and made where the template only names it', () => {
    for (const plans of [[signing], []]) {
      const folder = temporaryFolder();
      const options = { plans, dataDirectory: folder, givenToken: undefined, signingSecretArn: 'arn:key' };
      const { signingKeyFile = '', getSecretValue } = openSecrets(options);
      expect(signingKeyFile).toBe(join(folder, 'webhook-signing-key'));
      expect(readFileSync(signingKeyFile, 'utf8')).toMatch(/^[A-Za-z0-9]{44}$/);
      expect(getSecretValue({ SecretId: 'arn:key' }).body).toMatchObject({
        SecretString: readFileSync(signingKeyFile, 'utf8'),
      });
    }
    expect(open(temporaryFolder(), []).signingKeyFile).toBeUndefined();
  });
});

describe('a secret of the account', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:hooks/billing-AbCdEf';

  it('is a file of its name, and nothing outside the folder can be one', () => {
    const folder = temporaryFolder();
    const { get, text } = open(folder, []);
    expect(get(arn).statusCode).toBe(400);
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets', 'hooks%2Fbilling'), 'text');
    writeFileSync(join(folder, 'outside'), 'text');
    expect(text(arn)).toBe('text');
    for (const id of ['..', '../outside', 'hooks/billing', arn.replace('hooks/billing', '../outside')])
      expect(get(id).statusCode).toBe(400);
  });
});
