import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, writeBundle } from '../../../infra/constructs/bundle.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const entries = {
  index: 'test/infra/fixtures/fetch-something',
  second: 'test/infra/fixtures/second',
};
const handlers = join(repository, 'test/infra/fixtures/other-handlers.ts');

describe('a bundle', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'bundle-test-'));
    writeBundle({ entries, handlers }, directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('has one module per entry, each with its source map', () => {
    expect(readdirSync(directory).sort()).toEqual([
      'index.mjs',
      'index.mjs.map',
      'second.mjs',
      'second.mjs.map',
    ]);
  });

  it('needs nothing beside it: SDK and handlers are inside, and the given handlers replace those that ship', async () => {
    const module = await import(/* @vite-ignore */ pathToFileURL(join(directory, 'index.mjs')).href);
    expect(await module.handler()).toEqual({
      command: 't',
      handlers: ['a handler of your own'],
      errorType: 'UnmistakableError',
    });
  });

  it('is the same wherever it is built, and names no directory of the machine', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'bundle-test-'));
    writeBundle({ entries, handlers }, join(elsewhere, 'deep', 'down'));
    for (const file of readdirSync(directory)) {
      const content = readFileSync(join(directory, file), 'utf8');
      expect(readFileSync(join(elsewhere, 'deep', 'down', file), 'utf8') === content).toBe(true);
      expect(content).not.toContain(repository);
    }
    rmSync(elsewhere, { recursive: true });
  });

  it('carries no source text in its map', () => {
    expect(readFileSync(join(directory, 'index.mjs.map'), 'utf8')).not.toContain('sourcesContent');
  });

  it('is built once for all functions that share it, and apart for others', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'bundle-test-'));
    const app = new App({ outdir });
    const stack = new Stack(app, 'test');
    const make = (id: string, source: string) =>
      new LambdaFunction(stack, id, {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: bundle({ entries: { index: source } }),
      });
    make('A', entries.second);
    make('B', entries.second);
    make('C', 'test/infra/fixtures/other-handlers');
    app.synth();
    expect(readdirSync(outdir).filter((name) => name.startsWith('asset.'))).toHaveLength(2);
    rmSync(outdir, { recursive: true });
  });
});
