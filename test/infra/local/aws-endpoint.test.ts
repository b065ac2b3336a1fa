import { describe, expect, it, onTestFinished } from 'vitest';
import { type AwsCall, type AwsServices, openAwsEndpoint } from '../../../infra/local/aws-endpoint.ts';
import { until } from './support/until.ts';

async function endpoint(services?: AwsServices) {
  const warnings: string[] = [];
  const opened = await openAwsEndpoint((line) => warnings.push(line));
  onTestFinished(() => opened.close());
  if (services) opened.serve(services);
  const call = (target: string, body = '{}', init: RequestInit = {}) =>
    fetch(opened.url, {
      method: 'POST',
      headers: {
        'x-amz-target': target,
        authorization:
          'AWS4-HMAC-SHA256 Credential=TickFn/20261121/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body,
      ...init,
    });
  return { call, warnings, url: opened.url };
}

describe('the loopback endpoint of AWS', () => {
  it('passes a call on by its target, with its caller, and the reply back', async () => {
    const seen: unknown[] = [];
    const { call } = await endpoint({
      AmazonSQS: async (operation, input, { caller }) => {
        seen.push([operation, input, caller]);
        return { statusCode: 418, headers: { 'x-amzn-query-error': 'Tea;Sender' }, body: { __type: 'Tea' } };
      },
    });
    const response = await call('AmazonSQS.SendMessage', '{"MessageBody":"ü"}');
    expect(seen).toEqual([['SendMessage', { MessageBody: 'ü' }, 'TickFn']]);
    expect(response.status).toBe(418);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(response.headers.get('x-amzn-requestid')).toBeTruthy();
    expect(response.headers.get('x-amzn-query-error')).toBe('Tea;Sender');
    expect(await response.json()).toEqual({ __type: 'Tea' });
  });

  it('refuses by name what it does not serve', async () => {
    const { call } = await endpoint({});
    for (const target of ['Kinesis_20131202.PutRecord', '']) {
      const response = await call(target);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ __type: 'UnknownOperationException' });
    }
  });

  it('refuses a body that is no JSON', async () => {
    const { call } = await endpoint({ AmazonSQS: async () => ({ statusCode: 200, body: {} }) });
    expect(await (await call('AmazonSQS.SendMessage', '{')).json()).toMatchObject({
      __type: 'SerializationException',
    });
  });

  it('answers a fault of its own as a fault of the service, which callers try again', async () => {
    const { call, warnings } = await endpoint({
      AmazonSQS: async () => {
        throw new Error('ours');
      },
    });
    const response = await call('AmazonSQS.SendMessage');
    expect([response.status, await response.json()]).toMatchObject([500, { __type: 'InternalServerError' }]);
    expect(warnings[0]).toContain('AmazonSQS.SendMessage: Error: ours');
  });

  it('tells a service when its caller hangs up', async () => {
    let polling: AwsCall | undefined;
    const { call } = await endpoint({
      AmazonSQS: (_operation, _input, given) => {
        polling = given;
        return new Promise(() => {});
      },
    });
    const abort = new AbortController();
    const gone = call('AmazonSQS.ReceiveMessage', '{}', { signal: abort.signal }).catch(() => 'gone');
    await until(() => polling !== undefined, 'the call arrived');
    abort.abort();
    expect(await gone).toBe('gone');
    await until(() => polling?.signal.aborted, 'the service told');
  });
});
