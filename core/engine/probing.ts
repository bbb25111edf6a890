/** Trying a device in a process of its own, since a broken driver may take the process with it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Provider } from './engine.ts';

export interface Probe {
  /** How the probe ended, where the device did not work. */
  readonly failed?: 'error' | 'crash' | 'time';
  /** What it found out. */
  readonly found: { readonly float16?: boolean };
  /** What the runtime, the driver and its loader said. */
  readonly log: string;
}

/** A pattern in what was said, and what it means and asks for, as a clause in which `$1` is the pattern's group. */
export type Explanations = readonly (readonly [pattern: RegExp, clause: string])[];

const probeTimeout = 60_000;

/** Runs `onnx/probe.ts` for a provider of ONNX Runtime. */
export async function probe(provider: Provider, variables: NodeJS.ProcessEnv = {}): Promise<Probe> {
  const script = fileURLToPath(new URL('./onnx/probe.ts', import.meta.url));
  const options = { env: { ...process.env, ...variables }, timeout: probeTimeout };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, provider], options);
    return { found: JSON.parse(stdout) as Probe['found'], log: stderr };
  } catch (error) {
    const { stderr = '', killed, signal } = error as { stderr?: string; killed?: boolean; signal?: string };
    return { failed: killed ? 'time' : signal ? 'crash' : 'error', found: {}, log: stderr };
  }
}

export function explain({ failed, log }: Probe, explanations: Explanations): string {
  if (failed === 'crash')
    return 'the graphics driver crashed when it was tried: update it, or use another device';
  if (failed === 'time') return `the graphics driver did not answer within ${probeTimeout / 1000} seconds`;
  for (const [pattern, clause] of explanations) {
    const match = pattern.exec(log);
    if (match) return clause.replace('$1', match[1] ?? '');
  }
  return `it failed when it was tried: ${lastLine(log)}`;
}

/** Without the colours of ONNX Runtime's log. */
const lastLine = (log: string): string =>
  log
    .replace(/\u001b\[[\d;]*m/g, '')
    .trim()
    .split('\n')
    .at(-1)!;
