import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskInput } from '../../infra/scheduled-task.ts';

/** Settings laid over cdk.json, as `-c escapement.<path>=<value>`. */
export type Settings = Readonly<Record<string, string | number | object>>;

/** Tasks that stand in the app, by their ids. */
export type Tasks = Readonly<Record<string, TaskInput>>;

/** The pinned CDK command line on this repository's own app, as a user runs it. */
export interface Cdk {
  bootstrap(): Promise<void>;
  /** Resolves with the outputs of the stack. With `tasks`, of an app that declares them. */
  deploy(settings: Settings, tasks?: Tasks): Promise<Record<string, string>>;
  destroy(settings: Settings): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const DECLARING_APP = 'node test/aws/declaring-app.ts';

/** What it writes goes to `home`; credentials and endpoint come from this process's environment. */
export function openCdk(home: string): Cdk {
  const outputsFile = join(home, 'outputs.json');

  async function run(command: string, settings: Settings, ...options: string[]): Promise<void> {
    const context = Object.entries(settings).flatMap(([path, value]) => [
      '-c',
      `escapement.${path}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
    ]);
    const args = [CLI, command, '--no-notices', '--no-color', '--output', join(home, 'cdk.out')];
    const startedMs = performance.now();
    const { code, output } = await capture([...args, ...context, ...options]);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    appendFileSync(join(home, 'cdk.log'), output);
    if (code !== 0) throw new Error(`cdk ${command} ended with ${code} after ${seconds} s:\n${output}`);
    console.log(`cdk ${command} ${context.filter((word) => word !== '-c').join(' ')}: ${seconds} s`);
  }

  return {
    bootstrap: () => run('bootstrap', {}),
    async deploy(settings, tasks) {
      rmSync(outputsFile, { force: true });
      const declaring = tasks ? ['--app', DECLARING_APP, '-c', `tasks=${JSON.stringify(tasks)}`] : [];
      const options = ['--require-approval', 'never', '--outputs-file', outputsFile];
      await run('deploy', settings, ...options, ...declaring);
      const stacks: Record<string, Record<string, string>> = JSON.parse(readFileSync(outputsFile, 'utf8'));
      return Object.assign({}, ...Object.values(stacks));
    },
    destroy: (settings) => run('destroy', settings, '--force'),
  };
}

function capture(args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
}
