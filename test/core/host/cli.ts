/** Runs the command line as a person does: a process of its own, its output and its exit code. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRequest } from '../../../core/workbench/request.ts';

export const repository = join(import.meta.dirname, '../../..');
const script = join(repository, 'core/host/workbench.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

/** The person's own state stays as it is; what is measured once is measured once for all commands of a test file. */
const state = mkdtempSync(join(tmpdir(), 'workbench-state-'));
process.on('exit', () => rmSync(state, { recursive: true }));

export function startWorkbench(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CONFIG_HOME: state, APPDATA: state },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const check = () => pattern.test(stderr) && resolve();
      child.stderr.on('data', check);
      child.on('close', () => reject(new Error(`ended without saying ${String(pattern)}: ${stderr}`)));
      check();
    });
  return { child, ended, says };
}

export const workbench = (...args: readonly string[]): Promise<Ended> => startWorkbench(...args).ended;

export const oneThread = ['--device', 'cpu', '--threads', '1'] as const;

const dataFlags: Readonly<Record<string, string>> = {
  validation: '--validation',
  pretraining: '--pretraining',
  pretrainingValidation: '--pretraining-validation',
  watched: '--watched',
};

/** The command line of a request. */
export function toArguments({
  algorithm,
  model,
  rewardModel,
  data,
  preset,
  settings,
  seed,
  out,
}: JobRequest) {
  const files = Object.entries(data).flatMap(([role, paths]) => [
    algorithm === 'reward-model' && role === 'demonstrations'
      ? '--demonstrations'
      : (dataFlags[role] ?? '--data'),
    ...[paths].flat(),
  ]);
  const set = Object.entries(settings ?? {}).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  return [
    ...[algorithm, '--model', model as string, ...(rewardModel ? ['--reward-model', rewardModel] : [])],
    ...[...files, ...set, '--preset', preset!, '--seed', String(seed), '--out', out, ...oneThread],
  ];
}
