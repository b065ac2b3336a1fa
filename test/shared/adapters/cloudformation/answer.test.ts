import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { answerCloudFormation } from '../../../../shared/adapters/cloudformation/answer.ts';

/** In place of the bucket that the address leads to. */
async function bucket(status: number) {
  const received: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, headers } = request;
    received.push({ method, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/answer?Signature=7f3c`, received };
}

it('an answer to CloudFormation is put as the address is signed: of a known length, and of no type', async () => {
  const { url, received } = await bucket(200);
  const answer = { Status: 'FAILED', Reason: 'Größe' };
  await answerCloudFormation(url, answer);
  expect(received).toMatchObject([{ method: 'PUT', body: JSON.stringify(answer) }]);
  expect(received[0]?.headers).not.toHaveProperty('content-type');
  expect(received[0]?.headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify(answer))));
});

it('an answer that is not taken is an error, which does not tell the address', async () => {
  const { url } = await bucket(403);
  await expect(answerCloudFormation(url, {})).rejects.toThrow(
    /^CloudFormation does not take the answer: 403$/,
  );
});
