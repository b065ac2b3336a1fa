import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;

/**
 * Calls back when npm, which started us, is gone without having told us. npm puts a shell between itself and us
 * on some systems, which changes what is seen: npm killed hard leaves the shell, so its parent is watched too;
 * npm ended by a signal passes that on to the shell only, whose end then stands for the signal.
 */
export function watchParent(onGone: (how: 'ended' | 'killed') => void): void {
  const parent = process.ppid;
  const starter = isShellOfCommand(parent) ? parentOf(parent) : '';
  const timer = setInterval(() => {
    const ended = process.ppid !== parent;
    if (!ended && (starter === '' || parentOf(parent) === starter)) return;
    clearInterval(timer);
    onGone(ended ? 'ended' : 'killed');
  }, LOOK_EVERY_MS);
  timer.unref();
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
