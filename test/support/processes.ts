import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

interface Listed {
  readonly pid: number;
  readonly parent: number;
}

/** Every process but those that are dead and not yet buried. */
function listed(): Listed[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return list.split('\n').flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}

/** Numbers of the processes that one started. */
export const childrenOf = (process: number): number[] =>
  listed()
    .filter(({ parent }) => parent === process)
    .map(({ pid }) => pid);

export const isAlive = (process: number): boolean => listed().some(({ pid }) => pid === process);

const PATIENCE = 60_000;
const PAUSE = 5;

/** The first value that is not undefined or false; fails where none comes within a minute. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`nothing came of waiting for ${look.toString()}`);
    await sleep(PAUSE);
  }
}
