import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createClient } from '../../../shared/client/client.ts';
import type { Role } from '../global-setup.ts';
import { consoleUnderTest, openConsole } from './browser.ts';

/** A tenant in which nothing happens but what the test does, and the console as its operator sees it. */
export async function openOwnTenant(path: string) {
  const { url, tokens } = consoleUnderTest();
  const root = createClient({ url, token: tokens.admin });
  const tenant = `console-${randomUUID()}`;
  await root.tenants.put(tenant, {});
  const { token } = await root.tokens.create({ tenant, role: 'operator' });
  const client = createClient({ url, token });
  onTestFinished(async () => {
    for await (const { id } of client.tasks.list()) await client.tasks.delete(id);
    await root.tenants.delete(tenant);
  });
  return {
    client,
    /** As somebody of that role sees it. */
    async open(role: Role = 'operator'): Promise<Page> {
      const login = role === 'operator' ? token : (await root.tokens.create({ tenant, role })).token;
      const page = await openConsole({ role: 'nobody', path });
      await page.getByLabel('API token').fill(login);
      await page.getByRole('button', { name: 'Log in' }).click();
      return page;
    },
  };
}
