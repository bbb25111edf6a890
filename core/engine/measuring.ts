/** Measuring a device in a process of its own, since a broken driver may take the process with it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EngineError } from '../contract/errors.ts';
import type { EngineOptions, Provider } from './engine.ts';
import type { Measurement } from './measure.ts';

/** Drawn in software, or shared with other work, a device may take many times its second. */
const TIMEOUT = 120_000;

export interface MeasuringOptions extends Pick<EngineOptions, 'threads'> {
  /** The Node that runs it; this process's own by default. */
  readonly node?: string;
}

/** Throws an `EngineError` with the reason where the device cannot be measured. */
export async function measureDevice(
  provider: Provider,
  { threads, node = process.execPath }: MeasuringOptions = {},
): Promise<Measurement> {
  const script = fileURLToPath(new URL('./measure-process.ts', import.meta.url));
  const flags = [provider, ...(threads === undefined ? [] : [String(threads)])];
  try {
    const { stdout } = await promisify(execFile)(node, [script, ...flags], { timeout: TIMEOUT });
    return JSON.parse(stdout) as Measurement;
  } catch (error) {
    throw new EngineError(`${provider} could not be measured: ${why(error)}`, { cause: error });
  }
}

function why(error: unknown): string {
  const { stderr = '', killed, signal } = error as { stderr?: string; killed?: boolean; signal?: string };
  if (killed) return `it did not end within ${TIMEOUT / 1000} seconds`;
  if (signal) return `its driver is likely broken, since the process that tried it ended with ${signal}`;
  return stderr.trim().split('\n').at(-1) || String(error);
}
