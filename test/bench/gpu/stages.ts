/**
 * The measurements as stages: each in a process of its own with a time limit, so that one that hangs or crashes costs
 * only itself. What a stage came to is a line of a file, and a stage that has a line there is not run again.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '../../../core/engine/engine.ts';
import { interpreter, peers } from '../python.ts';
import type { Case, PeerRun } from './cases.ts';
import type { Profile } from './profile.ts';

export interface Stage {
  /** Names the case and who runs it. */
  readonly case: string;
  readonly who: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What is kept of the JSON that it prints. */
  readonly read: (result: Result) => Pick<Line, 'values' | 'profile'>;
}

type Result = Readonly<Record<string, unknown>>;

/** What a stage came to. */
export interface Line {
  readonly case: string;
  readonly who: string;
  readonly seconds: number;
  /** One number a row of the case. */
  readonly values?: readonly number[];
  readonly profile?: Profile;
  /** Why there is neither. */
  readonly error?: string;
  /** All that the stage printed as its result. */
  readonly result?: Result;
}

export const PROFILE = 'profile';

export interface Machine {
  /** The devices that we run on, the most important first. */
  readonly devices: readonly Provider[];
  /** Where PyTorch runs. */
  readonly peersOn: 'cpu' | 'cuda';
  readonly size: 'full' | 'rehearsal';
}

/** The most telling first: there may be time for a part only. */
export function stagesOf(all: readonly Case[], { devices, peersOn, size }: Machine): Stage[] {
  const ours = (device: Provider) => all.map(({ name }) => ownStage(name, device, size));
  const peersWhere = (wanted: (run: PeerRun) => boolean) =>
    all.flatMap((each) => each.peers.filter(wanted).map((run) => peerStage(each, run, peersOn)));
  const [first, ...others] = devices;
  return [
    ...(first ? ours(first) : []),
    ...peersWhere(isPlain),
    ...(first ? [ownStage(PROFILE, first, size)] : []),
    ...peersWhere((run) => !isPlain(run)),
    ...others.flatMap(ours),
  ];
}

const isPlain = ({ precision }: PeerRun): boolean => precision === 'float32';

export const ourName = (device: Provider): string => `ours, ${device}`;

const ownStage = (name: string, device: Provider, size: Machine['size']): Stage => ({
  case: name,
  who: ourName(device),
  program: process.execPath,
  args: [join(import.meta.dirname, 'measure.ts'), name, device, size],
  read: (result) => result,
});

const peerStage = (
  { name }: Case,
  { name: who, script, settings, read }: PeerRun,
  device: Machine['peersOn'],
): Stage => ({
  case: name,
  who,
  program: interpreter,
  args: [join(peers, script), JSON.stringify({ ...settings, device })],
  read: (result) => ({ values: read(result) }),
});

export function readLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

export const isOf = (stage: Pick<Stage, 'case' | 'who'>, line: Line): boolean =>
  line.case === stage.case && line.who === stage.who;

export interface RunLimits {
  /** Seconds that a stage has. */
  readonly stage: number;
  /** When to have ended, in milliseconds of `performance.now()`. */
  readonly deadline: number;
}

/**
 * Runs the stages that have no line in the file yet, until there is no time for more; `say` hears of each. Returns
 * the stages that are left.
 */
export async function runStages(
  stages: readonly Stage[],
  file: string,
  { stage: limit, deadline }: RunLimits,
  say: (line: Line) => void,
): Promise<readonly Stage[]> {
  const done = readLines(file);
  const missing = stages.filter((stage) => !done.some((line) => isOf(stage, line)));
  for (const [i, stage] of missing.entries()) {
    const left = (deadline - performance.now()) / 1000;
    if (left < LEAST) return missing.slice(i);
    const line = await runStage(stage, Math.min(limit, left));
    // Out of our time, not out of its own: the next call tries it again.
    if (line.error === TIMED_OUT && left < limit) return missing.slice(i);
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    say(line);
  }
  return [];
}

/** Seconds below which no stage is begun. */
const LEAST = 15;
const TIMED_OUT = 'took too long';

async function runStage(stage: Stage, seconds: number): Promise<Line> {
  const began = performance.now();
  const ended = await runProgram(stage, seconds * 1000);
  const line = {
    case: stage.case,
    who: stage.who,
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
  if (ended.error !== undefined) return { ...line, error: ended.error };
  try {
    const result = JSON.parse(lastLine(ended.output)) as Result;
    return { ...line, ...stage.read(result), result };
  } catch {
    return { ...line, error: `printed no result, but '${lastLine(ended.output)}'` };
  }
}

interface Ended {
  readonly output: string;
  readonly error?: string;
}

/** In a process group of its own, which is killed whole when its time is over. */
function runProgram({ program, args }: Stage, milliseconds: number): Promise<Ended> {
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  let late = false;
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaints = `${complaints}${text.toString()}`.slice(-20_000)));
  const kill = () => process.kill(-child.pid!, 'SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, milliseconds);
  // Nobody would see what it comes to.
  process.once('exit', kill);
  return new Promise((resolve) => {
    const end = (error?: string) => {
      clearTimeout(timer);
      process.off('exit', kill);
      resolve({ output, ...(error !== undefined && { error }) });
    };
    child.once('error', ({ message }) => end(message));
    child.once('close', (code, signal) => {
      if (late) end(TIMED_OUT);
      else if (signal) end(`ended with ${signal}: ${lastComplaint(complaints)}`);
      else if (code !== 0) end(lastComplaint(complaints));
      else end();
    });
  });
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

const lastLine = (text: string): string => linesOf(text).at(-1) ?? '';

/** The line that names an error, which others may follow. */
function lastComplaint(text: string): string {
  const lines = linesOf(text).map((line) => line.trim());
  const named = lines.findLast((line) => /^(\w+[.])*\w*(Error|Exception|Lost|OutOfMemory)\b.*:/.test(line));
  return (named ?? lines.at(-1) ?? 'it said nothing').slice(0, 300);
}
