import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findApp } from '../../../infra/local/cdk-app.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

function folders(files: Record<string, unknown>) {
  const home = temporaryFolder();
  for (const folder of ['house', 'elsewhere']) mkdirSync(join(home, folder));
  for (const [path, content] of Object.entries(files))
    writeFileSync(join(home, path), typeof content === 'string' ? content : JSON.stringify(content));
  return { house: join(home, 'house'), elsewhere: join(home, 'elsewhere') };
}
const HOUSE = { 'house/cdk.json': { app: 'node infra/app.ts', context: { flag: true } } };

describe('the app that the engine runs', () => {
  it('is this repository’s own where no other is', () => {
    const { house, elsewhere } = folders(HOUSE);
    const own = { directory: house, command: 'node infra/app.ts', context: { flag: true }, isHouse: true };
    expect(findApp(house, house)).toEqual(own);
    expect(findApp(elsewhere, house)).toEqual(own);
  });

  it('is that of the folder where the engine is started', () => {
    const { house, elsewhere } = folders({
      ...HOUSE,
      'elsewhere/cdk.json': { app: 'node shop.js', build: 'npm run build', context: { a: 1, b: 1 } },
      'elsewhere/cdk.context.json': { b: 2 },
    });
    expect(findApp(elsewhere, house)).toEqual({
      directory: elsewhere,
      command: 'npm run build && node shop.js',
      context: { a: 1, b: 2 },
      isHouse: false,
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['there is none', {}, 'start the engine in the folder of your CDK app'],
    ['nothing says how to run it', { 'elsewhere/cdk.json': {} }, 'does not say under "app" how to run'],
    ['its settings cannot be read', { 'elsewhere/cdk.json': '{ app' }, 'cdk.json: '],
  ])('is asked for when %s', (_, files, message) => {
    const { house, elsewhere } = folders(files);
    expect(() => findApp(elsewhere, house)).toThrow(message);
  });
});
