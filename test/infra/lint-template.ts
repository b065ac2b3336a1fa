import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { context } from './deployment.ts';
import { addVariant, VARIANTS } from './variants.ts';

/** `npm run lint:template`: cfn-lint on the templates of all variants; anything that it says fails. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VENV = join(ROOT, '.venv', 'cfn-lint');
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

class LintError extends Error {}

function run(command: string, args: string[], help = ''): void {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new LintError(`${command} ended with ${status ?? error?.message}. ${help}`);
}

/** cfn-lint is Python: it gets an environment of its own, made anew when its pinned version changes. */
function installedLinter(): string {
  const mark = join(VENV, 'requirements.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
    run('python3', ['-m', 'venv', '--clear', VENV], 'On Debian: apt-get install python3-venv');
    run(join(VENV, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
    writeFileSync(mark, wanted);
  }
  return join(VENV, 'bin', 'cfn-lint');
}

const outdir = mkdtempSync(join(tmpdir(), 'escapement-lint-'));
try {
  const linter = installedLinter();
  for (const variant of Object.keys(VARIANTS)) {
    const app = new App({ context, outdir: join(outdir, variant) });
    const { templateFile } = addVariant(app, variant);
    app.synth();
    run(linter, ['--', join(outdir, variant, templateFile)], `The template is that of variant ${variant}.`);
    console.log(`${variant}: nothing to complain about`);
  }
} catch (error) {
  if (!(error instanceof LintError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(outdir, { recursive: true });
}
