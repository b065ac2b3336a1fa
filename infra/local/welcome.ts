import type { AdminToken } from './secrets.ts';
import { REGION } from './template/resource-types.ts';

/** What a person needs who has just started the engine. */
export interface WelcomeProps {
  url: string;
  hasConsole: boolean;
  awsEndpointUrl: string;
  adminToken: AdminToken | undefined;
  signingKeyFile: string | undefined;
  showPath(path: string): string;
  hasDemoHandlers: boolean;
  nextTickAt: number | undefined;
  tookMs: number;
}

export function welcome(props: WelcomeProps): string[] {
  const { url, adminToken } = props;
  const lines = ['', `Escapement is ready after ${(props.tookMs / 1000).toFixed(1)} s at ${url}`];
  if (props.hasConsole) lines.push(`Console: ${url}/console (log in with the admin token)`);
  lines.push(`API description: ${url}/docs`);
  lines.push(
    `AWS endpoint: ${props.awsEndpointUrl} (SQS and DynamoDB for the AWS CLI; region ${REGION}, any keys)`,
  );
  if (props.signingKeyFile !== undefined)
    lines.push(`Webhooks are signed with the key in ${props.showPath(props.signingKeyFile)}`);
  if (adminToken) {
    lines.push(
      `Admin token${tokenLine(adminToken, props.showPath)}`,
      '',
      'Try it:',
      ...example(props, adminToken),
    );
  }
  if (props.nextTickAt !== undefined) {
    const at = new Date(props.nextTickAt).toISOString().slice(11, 19);
    lines.push('', `Waiting for due tasks; next tick at ${at} UTC. Ctrl-C stops.`);
  }
  return lines;
}

/** Shown in full once; terminals and logs are kept longer than people think. */
function tokenLine({ token, file, isNew }: AdminToken, showPath: (path: string) => string): string {
  if (file === undefined) return ': the one in ESCAPEMENT_TOKEN';
  return isNew ? ` (kept in ${showPath(file)}): ${token}` : `: see ${showPath(file)}`;
}

function example(
  { url, hasDemoHandlers, showPath }: WelcomeProps,
  { token, file, isNew }: AdminToken,
): string[] {
  const shown = file === undefined ? '$ESCAPEMENT_TOKEN' : isNew ? token : `$(cat ${showPath(file)})`;
  const authorization = `-H "Authorization: Bearer ${shown}"`;
  if (!hasDemoHandlers) return [`  curl ${url}/v1/handlers ${authorization}`];
  const task = {
    name: 'Hello',
    handler: 'demo.echo',
    payload: { hello: 'world' },
    schedule: { kind: 'now' },
  };
  return [
    `  curl ${url}/v1/tasks ${authorization} \\`,
    `    -H 'Content-Type: application/json' -d '${JSON.stringify(task)}'`,
  ];
}
