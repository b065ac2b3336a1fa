import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpServer, openHttpServer } from '../../../../infra/local/http/server.ts';
import { ProblemSchema } from '../../../../shared/contract/problem.ts';

async function serverThat(front?: Parameters<HttpServer['serve']>[0]) {
  const warnings: string[] = [];
  const server = await openHttpServer({ host: '127.0.0.1', port: 0, warn: (line) => warnings.push(line) });
  onTestFinished(() => server.close());
  if (front) server.serve(front);
  return { ...server, warnings };
}
const OK = { statusCode: 200, headers: {}, body: Buffer.from('ok') };
const echo: Parameters<HttpServer['serve']>[0] = async (_request, readBody) => {
  await readBody();
  return OK;
};

/** Sends bytes as they are; resolves with all that comes back once the connection is over. */
function raw(url: string, bytes: string, hangUp = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write(bytes);
      if (hangUp) socket.resetAndDestroy();
    });
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

describe('the port', () => {
  it('is open before there is anything to serve, and says so', async () => {
    const { url } = await serverThat();
    const response = await fetch(url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('tells that it is taken', async () => {
    const { url } = await serverThat();
    const again = openHttpServer({ host: '127.0.0.1', port: Number(new URL(url).port), warn: () => {} });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['endless headers', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(50_000)}\r\n\r\n`, '431'],
    ['headers over 10,240 bytes', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(10_240)}\r\n\r\n`, '431'],
    ['an endless path', `GET /${'x'.repeat(50_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, '431'],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: cake\r\n\r\n', '400'],
    [
      'a body of two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      '400',
    ],
    ['a missing host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: a\r\n\r\n', ''],
    ['an upgrade', 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', ''],
  ])('survives %s', async (_, bytes, status) => {
    const { url, warnings } = await serverThat(echo);
    const [head = '', body = ''] = (await raw(url, bytes)).split('\r\n\r\n');
    expect(head).toMatch(status === '' ? /^$/ : new RegExp(`^HTTP/1.1 ${status} `));
    if (status !== '') {
      expect(head).toContain('content-type: application/problem+json');
      expect(head).toContain('x-content-type-options: nosniff');
      expect(ProblemSchema.parse(JSON.parse(body)).status).toBe(Number(status));
    }
    expect(await (await fetch(url)).text()).toBe('ok');
    expect(warnings).toEqual([]);
  });

  it('survives a client that resets in the middle of its body', async () => {
    const { url, warnings } = await serverThat(echo);
    await raw(url, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nabc', true);
    expect(await (await fetch(url)).text()).toBe('ok');
    expect(warnings).toEqual([]);
  });

  it('answers 500 and tells us when serving fails, and goes on', async () => {
    const { url, warnings } = await serverThat(async () => {
      throw new Error('ours');
    });
    expect((await fetch(url)).status).toBe(500);
    expect(warnings[0]).toContain('ours');
    expect((await fetch(url)).status).toBe(500);
  });

  it('closes only after what is under way is answered', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { url, close } = await serverThat(async () => {
      begun.resolve();
      await go.promise;
      return OK;
    });
    const response = fetch(url);
    await begun.promise;
    const closed = close();
    go.resolve();
    expect(await (await response).text()).toBe('ok');
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});
