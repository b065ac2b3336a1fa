import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import { openConsole } from './support/browser.ts';
import { CLIENT_ID, type LoginProvider, openLoginProvider } from './support/login-provider.ts';

let provider: LoginProvider;
let engine: RunningEngine;
beforeAll(async () => {
  provider = await openLoginProvider({ sub: 'ada', tenant: 'root', roles: ['escapement-viewer'] });
  engine = await startEngine({
    env: {
      NODE_EXTRA_CA_CERTS: provider.certificateFile,
      ESCAPEMENT_AUTH: JSON.stringify({
        oidc: {
          issuer: provider.issuer,
          audiences: [CLIENT_ID],
          consoleClientId: CLIENT_ID,
          roleClaim: 'roles',
          roles: { 'escapement-viewer': 'viewer' },
        },
      }),
    },
    readyWithinMs: 240_000,
  });
});
afterAll(async () => {
  await engine?.dispose();
  await provider?.close();
});

describe('logging in at an identity provider', () => {
  it('leads there and back to the page that was asked for, with the role of the claims', async () => {
    const page = await openConsole({ role: 'nobody', url: engine.url, path: '/tasks?search=some' });
    await page.getByRole('button', { name: /^Log in at localhost/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
    expect(page.url()).toBe(`${engine.url}/console/tasks?search=some`);
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByText('viewer of root').waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();

    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('button', { name: /^Log in at localhost/ }).waitFor();
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('id_token');
  });

  it('that is refused there says so, and can be tried again', async () => {
    const page = await openConsole({ role: 'nobody', url: engine.url });
    provider.refuseNext();
    await page.getByRole('button', { name: /^Log in at localhost/ }).click();
    await page
      .getByRole('alert')
      .getByText(/access_denied/)
      .waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: /^Log in at localhost/ }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
  });
});
