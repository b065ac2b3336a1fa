import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;

/**
 * Calls back when npm, which started us, is gone without having told us (kill -9). npm puts a shell between
 * itself and us on some systems; the shell survives npm, so its parent is watched too.
 */
export function watchParent(onGone: () => void): void {
  const before = ancestry();
  const timer = setInterval(() => {
    if (ancestry() === before) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** Our parent, and its parent when ours is but the shell that npm put in between. */
function ancestry(): string {
  const parent = process.ppid;
  return isShellOfCommand(parent) ? `${parent} ${parentOf(parent)}` : `${parent}`;
}

/** Only Linux tells (elsewhere npm's shell replaces itself by the command, and our parent is npm). */
function isShellOfCommand(pid: number): boolean {
  const [program = '', option] = readProc(pid, 'cmdline').split('\0');
  return /(^|\/)(sh|dash|bash|ash)$/.test(program) && option === '-c';
}

function parentOf(pid: number): string {
  const stat = readProc(pid, 'stat');
  // pid (command) state ppid …; the command may contain anything, brackets too
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
