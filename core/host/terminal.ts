/** What every command shares at a terminal: signals, errors and exit codes. */
import { Cancelled, WorkbenchError } from '../contract/errors.ts';
import type { Engine, EngineOptions } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';

export const exitCodes = { ok: 0, failed: 1, stopped: 130 } as const;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs a command and sets the exit code. An error a person can act on is one line; any other is a fault of the
 * program's, and comes with its stack.
 */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.exitCode = error instanceof Cancelled ? exitCodes.stopped : exitCodes.failed;
    process.stderr.write(describeError(error));
  }
}

function describeError(error: unknown): string {
  // Whoever asked for the stop knows of it.
  if (error instanceof Cancelled) return '';
  if (error instanceof WorkbenchError) return `error: ${error.message}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${stack}\nThis is a fault in alignment-workbench; please report it with the lines above.\n`;
}

/**
 * Gives `use` a signal that the first Ctrl-C aborts; the second ends the process at once. `stopping` is told of
 * the first.
 */
export async function interruptible<T>(
  stopping: () => void,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.stopped);
    controller.abort();
    stopping();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await use(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** Opens the engine, says why it is not a faster one, and closes it after `use`. */
export async function withEngine<T>(options: EngineOptions, use: (engine: Engine) => Promise<T>): Promise<T> {
  const { engine, notices } = await openEngine(options);
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  try {
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}

/** A reader that has seen enough, such as `head`, is no error. */
export function tolerateClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok);
  });
}
