import { describe, expect, it } from 'vitest';
import { createClient } from '../../shared/client/client.ts';
import { target } from './target.ts';

const get = (path: string, headers: Record<string, string> = {}) => fetch(target.url + path, { headers });

describe('the web console', () => {
  it('is there for everybody, who is then asked to log in', async () => {
    const moved = await fetch(`${target.url}/console/`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/console']);
    for (const path of ['/console', '/console/tasks/some-task']) {
      const reply = await get(path);
      expect([path, reply.status, reply.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      expect(await reply.text()).toContain('<div id="root">');
    }
  });

  it('lets a browser run nothing but its own scripts, with another nonce in each answer', async () => {
    const [one, two] = await Promise.all([get('/console'), get('/console')]);
    const policies = [one, two].map(({ headers }) => headers.get('content-security-policy') ?? '');
    expect(policies[0]).toMatch(/default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]+'/);
    expect(policies[0]).not.toContain('unsafe');
    expect(policies[0]).not.toBe(policies[1]);
  });

  it('sends its files compressed, to be kept for ever', async () => {
    const page = await (await get('/console')).text();
    const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? 'no script';
    for (const encoding of ['br', 'gzip']) {
      const { status, headers } = await get(script, { 'accept-encoding': encoding });
      expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
        status: 200,
        'content-encoding': encoding,
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': expect.stringContaining('immutable'),
        vary: expect.stringMatching(/accept-encoding/i),
      });
    }
    expect((await get('/console/assets/of-another-version.js')).status).toBe(404);
  });

  it('knows which version it belongs to, and asks for a token where nobody else vouches for people', async () => {
    const { version } = await createClient(target).health();
    expect(await (await get('/console/settings.json')).json()).toEqual({ version, oidc: null });
  });
});
