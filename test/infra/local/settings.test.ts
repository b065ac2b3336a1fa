import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../infra/local/settings.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const read = (env: NodeJS.ProcessEnv, folder = '/nowhere') => {
  const warnings: string[] = [];
  return { ...readSettings((line) => warnings.push(line), env, folder), warnings };
};

describe('settings of npm start', () => {
  it('have a default each', () => {
    expect(read({})).toMatchObject({
      port: 4650,
      host: '127.0.0.1',
      dataDirectory: '/nowhere/.escapement',
      token: undefined,
      handlersFile: undefined,
      canary: false,
      passedOn: {},
      followsParent: false,
      warnings: [],
    });
    expect(read({ ESCAPEMENT_PORT: '', ESCAPEMENT_TOKEN: '' })).toMatchObject({
      port: 4650,
      token: undefined,
    });
  });

  it('let the canary run when told so', () => {
    expect(read({ ESCAPEMENT_CANARY: '1' }).canary).toBe(true);
    expect(read({ ESCAPEMENT_CANARY: '0' }).canary).toBe(false);
  });

  it('take paths relative to the working directory', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine.ts'), '');
    const env = {
      ESCAPEMENT_DATA: 'data',
      ESCAPEMENT_HANDLERS: 'mine.ts',
      ESCAPEMENT_COUNT_FILE: 'count',
      PATH: '/bin',
    };
    expect(read(env, folder)).toMatchObject({
      dataDirectory: join(folder, 'data'),
      handlersFile: join(folder, 'mine.ts'),
      passedOn: { ESCAPEMENT_COUNT_FILE: join(folder, 'count'), PATH: '/bin' },
    });
  });

  it('are refused together, each with what was expected', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const bad = () =>
      read(
        {
          ESCAPEMENT_PORT: '70000',
          ESCAPEMENT_HOST: 'http://a',
          ESCAPEMENT_DATA: 'file',
          ESCAPEMENT_TOKEN: 'two words',
          ESCAPEMENT_HANDLERS: 'missing.ts',
          ESCAPEMENT_CANARY: 'yes',
        },
        folder,
      );
    expect(bad).toThrow(
      [
        'ESCAPEMENT_PORT: expected a port from 0 to 65535, got "70000"',
        'ESCAPEMENT_HOST: expected an address or host name, got "http://a"',
        `ESCAPEMENT_DATA: expected a folder, ${join(folder, 'file')} is none`,
        'ESCAPEMENT_TOKEN: expected 1 to 512 visible ASCII characters without spaces',
        `ESCAPEMENT_HANDLERS: no file ${join(folder, 'missing.ts')}`,
        'ESCAPEMENT_CANARY: expected 0 or 1, got "yes"',
      ].join('\n'),
    );
  });

  it('warn of a name that means nothing', () => {
    expect(read({ ESCAPEMENT_PROT: '1' }).warnings).toEqual([
      'ESCAPEMENT_PROT is set, but is no setting of the engine',
    ]);
  });
});

describe('ESCAPEMENT_EVENTS', () => {
  it('is the setting of that name, as JSON', () => {
    expect(read({ ESCAPEMENT_EVENTS: '{"inbox":true}' }).events).toEqual({ inbox: true });
    expect(read({}).events).toBeUndefined();
    expect(() => read({ ESCAPEMENT_EVENTS: 'true' })).toThrow('ESCAPEMENT_EVENTS: expected a JSON object');
  });
});

describe.each(['AUTH', 'API'] as const)('ESCAPEMENT_%s', (name) => {
  it('is a JSON object', () => {
    const setting = name === 'AUTH' ? 'auth' : 'api';
    expect(read({ [`ESCAPEMENT_${name}`]: '{"a":1}' })[setting]).toEqual({ a: 1 });
    expect(read({})[setting]).toBeUndefined();
    expect(() => read({ [`ESCAPEMENT_${name}`]: '[]' })).toThrow(`as escapement.${setting}`);
  });
});

describe('ESCAPEMENT_TARGETS', () => {
  const given = (targets: object) => read({ ESCAPEMENT_TARGETS: JSON.stringify(targets) });

  it('lets webhooks reach this machine when it names it, and not otherwise', () => {
    for (const host of ['localhost', 'localhost:*', '127.0.0.1:8080', '[::1]:8080']) {
      const targets = { http: { hosts: ['hooks.example.com', host] } };
      expect(given(targets)).toMatchObject({ targets, passedOn: { ESCAPEMENT_LOOPBACK_TARGETS: '1' } });
    }
    for (const host of ['hooks.example.com', 'localhost.example.com', '127.0.0.10', '10.0.0.1'])
      expect(given({ http: { hosts: [host] } }).passedOn).toEqual({});
    expect(given({ queueArns: [] }).passedOn).toEqual({});
    expect(read({}).targets).toBeUndefined();
  });

  it.each(['{', '[]', 'null', '"x"', '1'])('is refused when it is no JSON object: %s', (text) => {
    expect(() => read({ ESCAPEMENT_TARGETS: text })).toThrow('ESCAPEMENT_TARGETS: expected a JSON object');
  });
});
