import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Takes one measurement, after a warm-up of its own. */
export type Measure = () => Promise<number>;

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  readonly ours: Measure;
  /** What it is measured against, or null where it stands alone. */
  readonly peer: Peer | null;
  /** The least ratio to the peer that is aimed at. */
  readonly target?: number;
}

export interface Peer {
  readonly name: string;
  /** Whether it runs in `test/bench/peers/.venv`. */
  readonly python: boolean;
  readonly measure: Measure;
}

/** One line of the report. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: string | null;
  readonly peerValue: number | null;
  readonly ratio: number | null;
  readonly command: string;
  /** Half the range of `value` over the rounds. */
  readonly noise: number;
}

export type Side = 'ours' | 'peer';

const run = promisify(execFile);

/** Runs a program whose last line of output is JSON. */
export async function runForJson(program: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(program, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** Every measurement has a process of its own, so that none inherits another's heap, threads or compiled code. */
async function measureApart(name: string, side: Side): Promise<number> {
  const script = new URL('measure.ts', import.meta.url).pathname;
  return (await runForJson(process.execPath, ['--expose-gc', script, name, side])) as number;
}

/** Measures ours and the peer in turn, so that whatever slows the machine for a while slows both. */
export async function compare({ name, unit, peer }: Benchmark, rounds: number): Promise<Result> {
  const values: number[] = [];
  const peerValues: number[] = [];
  for (let round = 0; round < rounds; round++) {
    values.push(await measureApart(name, 'ours'));
    if (peer) peerValues.push(await measureApart(name, 'peer'));
  }
  const value = median(values);
  const peerValue = peer && median(peerValues);
  return {
    name,
    value,
    unit,
    peer: peer && peer.name,
    peerValue,
    ratio: peerValue && value / peerValue,
    command: `npm run bench -- --only ${name}`,
    noise: (Math.max(...values) - Math.min(...values)) / 2,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median seconds of `repeats` runs that follow `warmUp` untimed ones. */
export async function medianSeconds(
  action: () => Promise<unknown>,
  { warmUp, repeats }: { warmUp: number; repeats: number },
): Promise<number> {
  for (let i = 0; i < warmUp; i++) await action();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const began = performance.now();
    await action();
    times.push((performance.now() - began) / 1000);
  }
  return median(times);
}
