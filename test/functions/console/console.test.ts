import { describe, expect, it } from 'vitest';
import { makeConsole } from '../../../functions/console/console.ts';
import type { PageFile } from '../../../functions/console/page-files.ts';

const file = (text: string, more: Partial<PageFile> = {}): PageFile => ({
  contentType: 'text/javascript; charset=utf-8',
  bytes: { identity: Buffer.from(text) },
  immutable: false,
  ...more,
});
const FILES = new Map([
  ['index.html', file('<script nonce="__CSP_NONCE__"></script><style nonce="__CSP_NONCE__"></style>')],
  [
    'assets/app-1a2b.js',
    file('plain', { immutable: true, bytes: { identity: Buffer.from('plain'), br: Buffer.from('br') } }),
  ],
  ['icon.svg', file('<svg/>', { contentType: 'image/svg+xml' })],
]);

const serve = makeConsole(FILES, { version: '1.2.3', oidc: null });
const get = (rawPath: string, headers: Record<string, string> = {}, method = 'GET') =>
  serve({ rawPath, headers, requestContext: { http: { method } } } as never);

describe('the console', () => {
  it('is the same page at every place, which routes by itself', async () => {
    for (const place of ['/console', '/console/', '/console/tasks', '/console/tasks/nightly.report'])
      expect([place, await get(place)]).toEqual([
        place,
        expect.objectContaining({
          statusCode: 200,
          headers: expect.objectContaining({
            'content-type': 'text/html; charset=utf-8',
            'cache-control': 'no-cache',
          }),
        }),
      ]);
  });

  it('trusts no script but its own files, and styles only with the nonce of that very answer', async () => {
    const [first, second] = [await get('/console'), await get('/console')];
    const policy = String(first.headers?.['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(first.body).toBe(`<script nonce="${nonce}"></script><style nonce="${nonce}"></style>`);
    expect(second.headers?.['content-security-policy']).not.toBe(policy);
  });

  it('lets the page speak to the identity provider where people log in, and to nobody else', async () => {
    const oidc = { issuer: 'https://id.example.com/realms/ours', clientId: 'console' };
    const reply = await makeConsole(FILES, { version: '1', oidc })({
      rawPath: '/console',
      headers: {},
      requestContext: { http: { method: 'GET' } },
    } as never);
    expect(reply.headers?.['content-security-policy']).toContain(
      "connect-src 'self' https://id.example.com;",
    );
  });

  it('sends files compressed to whoever takes that, to be kept for ever when their name holds a hash', async () => {
    const asset = '/console/assets/app-1a2b.js';
    expect(await get(asset, { 'accept-encoding': 'gzip, br' })).toMatchObject({
      body: Buffer.from('br').toString('base64'),
      isBase64Encoded: true,
      headers: { 'content-encoding': 'br', 'cache-control': 'public, max-age=31536000, immutable' },
    });
    for (const accepted of ['', 'gzip', 'br;q=0']) {
      const reply = await get(asset, { 'accept-encoding': accepted });
      expect(reply).toMatchObject({ body: Buffer.from('plain').toString('base64') });
      expect(reply.headers).not.toHaveProperty('content-encoding');
    }
    expect((await get('/console/icon.svg')).headers).toMatchObject({ 'cache-control': 'no-cache' });
  });

  it('says that a file of an older deployment is gone, instead of sending the page in its place', async () => {
    expect(await get('/console/assets/app-0000.js')).toMatchObject({ statusCode: 404 });
  });

  it('tells before the login what the page must know, and nothing else', async () => {
    expect(await get('/console/settings.json')).toMatchObject({
      statusCode: 200,
      body: JSON.stringify({ version: '1.2.3', oidc: null }),
    });
  });

  it('answers HEAD without a body', async () => {
    for (const place of ['/console', '/console/icon.svg', '/console/settings.json'])
      expect(await get(place, {}, 'HEAD')).not.toHaveProperty('body');
  });
});
