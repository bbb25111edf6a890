import { TrainingError } from '../../contract/errors.ts';

/** The trainer process ended without being asked to. */
export class TrainerCrash extends TrainingError {}

export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said last on standard error. */
  readonly stderr: string;
  /** The graphics processor it computed on, if on one. */
  readonly graphics?: string | undefined;
}

const outOfMemory =
  /heap out of memory|bad_alloc|out of memory|cannot allocate|array buffer allocation failed/i;

/** Why a trainer died, as one sentence without an end. */
export function describeDeath({ code, signal, stderr, graphics }: Death): string {
  if (outOfMemory.test(stderr))
    return 'the trainer ran out of memory: make batches smaller, or close other programs';
  if (signal === 'SIGKILL')
    return 'the trainer was killed (SIGKILL), as the system does where memory runs out: if nobody else did it, make batches smaller';
  const how = signal === null ? `exit code ${code}` : signal;
  if (graphics !== undefined && isNative(code, signal))
    return `the trainer ended unexpectedly (${how}) while it computed on ${graphics}: its driver is the likely cause, so update it, or choose another device in the settings`;
  const last = lastWords(stderr);
  return `the trainer ended unexpectedly (${how})${last === '' ? '' : `: ${last}`}`;
}

const nativeSignals: readonly string[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGTRAP', 'SIGFPE'];

/** Whether a native library broke the process: a signal or, on Windows, an exit code that is an NTSTATUS of error. */
const isNative = (code: number | null, signal: NodeJS.Signals | null): boolean =>
  signal === null ? code !== null && code >= 0xc0000000 : nativeSignals.includes(signal);

/** What Node puts around an error: its place, stack and properties, a hint and its own version. */
const AROUND = /^(?:$|\s|\^|[}\]]|Node\.js v\d|\(Use `|-{5}|\d+: )/;

/** The error behind the end; else the last line that the process said by itself. */
function lastWords(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => !AROUND.test(line));
  return lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
}
