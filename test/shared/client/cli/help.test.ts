import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from '@commander-js/extra-typings';
import type { Command as PlainCommand } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeProgram } from '../../../../shared/client/cli/program.ts';
import { systemIo } from '../../../../shared/client/cli/system-io.ts';
import { makeCli, refusal } from './fake-io.ts';

type Plain = Pick<Command, 'name' | 'description' | 'options' | 'registeredArguments'> & {
  commands: readonly Plain[];
};
const all = (command: Plain, path: string[] = []): { command: Plain; path: string[] }[] => [
  ...(path.length > 0 ? [{ command, path }] : []),
  ...command.commands.flatMap((one) => all(one, [...path, one.name()])),
];
const commands = all(makeProgram(systemIo()) as unknown as Plain);

describe('the help of', () => {
  it.each(commands.map(({ path, command }) => ({ name: path.join(' '), path, command })))(
    '$name says what it is, what it takes, and shows it',
    async ({ path, command }) => {
      const { code, out } = await makeCli(() => ({})).run(...path, '--help');
      expect(code).toBe(0);
      expect(command.description()).not.toBe('');
      for (const { flags, description } of command.options)
        expect([flags, description]).not.toEqual([flags, '']);
      for (const argument of command.registeredArguments)
        expect([argument.name(), argument.description]).not.toEqual([argument.name(), '']);
      if (command.commands.length === 0) expect(out).toContain(`Examples:\n  escapement ${path.join(' ')}`);
    },
  );

  /** A word, or what stands in quotes. */
  const words = (line: string) => [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, inner]) => inner ?? word);

  it.each(commands.map(({ path }) => ({ name: path.join(' '), path })))(
    '$name has examples that it takes',
    async ({ path }) => {
      const { out } = await makeCli(() => ({})).run(...path, '--help');
      const [, examples = ''] = out.split('\nExamples:\n');
      for (const line of examples.split('\n').filter((one) => one.startsWith('  escapement '))) {
        const [, ...given] = words(line.replace(/ [>|] .*/, '').trim());
        const program = makeProgram(systemIo()) as unknown as PlainCommand;
        const command = path.reduce(
          (parent, name) => parent.commands.find((one) => one.name() === name) ?? parent,
          program,
        );
        const own = given.slice(path.length).filter((word) => word !== '--json');
        expect([line, command.parseOptions(own).unknown]).toEqual([line, []]);
      }
    },
  );

  it('is named after a mistake', async () => {
    const { code, err } = await makeCli(() => ({})).run('tasks', 'put');
    expect([code, err]).toEqual([2, expect.stringContaining('escapement tasks put --help')]);
  });
});

describe('a fault says what to do', () => {
  const url = async (answer: Parameters<typeof createServer>[1]) => {
    const server = createServer(answer);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const login = (address: string, fetching: typeof fetch = fetch) => {
    const cli = makeCli(() => ({}), { fetch: fetching });
    cli.files.set('token', 'esc_t');
    return cli.run('login', address, '--token-file', 'token');
  };

  it('when nothing listens', async () => {
    const { code, err } = await login('http://127.0.0.1:1');
    expect([code, err]).toEqual([4, expect.stringMatching(/Nothing listens there|bad port/)]);
  });
  it.each([
    ['ECONNREFUSED', 'Nothing listens there'],
    ['ENOTFOUND', 'no such host'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'http:// instead'],
  ])('when the connection fails with %s', async (code, words) => {
    const cause = Object.assign(new Error('below'), { code });
    const failing = async () => {
      throw new TypeError('fetch failed', { cause });
    };
    expect(await login('https://jobs.example', failing)).toMatchObject({
      code: 4,
      err: expect.stringContaining(words),
    });
  });
  it('when what answers is something else', async () => {
    const page = await url((_request, response) => response.end('<html>'));
    expect(await login(page)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is the address right?'),
    });
    const missing = await url((_request, response) => response.writeHead(404).end());
    expect(await login(missing)).toMatchObject({
      code: 3,
      err: expect.stringContaining('is the address right?'),
    });
  });
  it.each([
    [401, 'unauthenticated', 'mistyped, expired, revoked'],
    [403, 'forbidden', 'viewer < operator < admin'],
  ])('when the token is refused with %i', async (status, code, words) => {
    const { err } = await makeCli(() => refusal(status, code)).run('tasks', 'list');
    expect(err).toContain(words);
  });
  it('when the address is none, and takes one that ends as in the examples of the API', async () => {
    expect(await login('127.0.0.1:4650')).toMatchObject({
      code: 2,
      err: expect.stringContaining('http://127.0.0.1:4650'),
    });
    const cli = makeCli(() => ({ items: [], nextCursor: null }), { env: {} });
    cli.files.set('token', 'esc_t');
    const { err } = await cli.run('login', 'https://jobs.example/v1/', '--token-file', 'token');
    expect(err).toContain('Logged in to https://jobs.example;');
  });
  it('when the file of the token is not there', async () => {
    expect(
      await makeCli(() => ({})).run('login', 'https://jobs.example', '--token-file', 'gone'),
    ).toMatchObject({
      code: 2,
      err: expect.stringContaining('gone cannot be read'),
    });
  });
});
