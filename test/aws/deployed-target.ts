import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Target } from '../e2e/global-setup.ts';

const AdminSecret = z.union([
  z.object({ token: z.string() }),
  z
    .object({ id: z.string(), secret: z.string() })
    .transform(({ id, secret }) => ({ token: `esc_${id}_${secret}` })),
]);

/** Where a deployment answers and what it takes for its administrator, from the outputs of its stack. */
export async function targetOf(outputs: Readonly<Record<string, string>>): Promise<Target> {
  const { ApiUrl = '', AdminTokenSecretArn } = outputs;
  return { url: reachable(ApiUrl), token: await adminToken(AdminTokenSecretArn) };
}

/** No name server knows the host of an emulated API, so the emulator takes its id in the path. */
function reachable(apiUrl: string): string {
  const { AWS_ENDPOINT_URL: emulator } = process.env;
  if (!emulator) return apiUrl.replace(/\/$/, '');
  const [id] = new URL(apiUrl).hostname.split('.');
  return `${emulator}/_aws/execute-api/${id}/$default`;
}

async function adminToken(SecretId: string | undefined): Promise<string> {
  const client = new SecretsManagerClient({});
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  client.destroy();
  return AdminSecret.parse(JSON.parse(SecretString)).token;
}
