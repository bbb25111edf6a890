/** A finished PPO run as long as one that took a day, written without training: numbers that look like a run's. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ppoSettings } from '../../core/contract/algorithms.ts';
import { resolveSettings } from '../../core/contract/settings.ts';
import { randomStream } from '../../core/data/random.ts';
import type { HostTensor } from '../../core/data/safetensors.ts';
import { RunFolder, type RunManifest } from '../../core/project/run-folder.ts';

interface LongRun {
  readonly name: string;
  readonly steps: number;
  /** Steps whose rollouts are kept. */
  readonly rollouts: number;
  readonly seed: number;
}

const MINUTE = 60_000;
const STEP_MS = 8000;

/** Writes it among the runs of a project, and gives its folder. */
export function writeLongRun(project: string, { name, steps, rollouts, seed }: LongRun): string {
  const createdAt = Date.now() - steps * STEP_MS - seed * MINUTE;
  const run = RunFolder.create(join(project, 'runs', name), longManifest({ steps, seed, createdAt }));
  const lines = Array.from({ length: steps }, (_, i) => ({
    ...{ step: i + 1, time: createdAt + (i + 1) * STEP_MS },
    ...metricsOf(i + 1, { steps, seed }),
  }));
  writeFileSync(join(run.path, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  if (rollouts > 0) writeRollouts(run, steps, rollouts);
  run.unlock();
  return run.path;
}

export const longManifest = (run: Pick<LongRun, 'steps' | 'seed'> & { createdAt: number }): RunManifest => ({
  version: 1,
  algorithm: 'ppo',
  configuration: { ...resolveSettings(ppoSettings, 'small') },
  seed: run.seed,
  steps: run.steps,
  device: 'cpu',
  models: {},
  data: {},
  versions: { workbench: '0.1.0', node: process.versions.node, onnxruntime: '1.30.0' },
  createdAt: new Date(run.createdAt).toISOString(),
});

/** What a step measures. */
export function metricsOf(
  step: number,
  { steps, seed }: Pick<LongRun, 'steps' | 'seed'>,
): Record<string, number> {
  const random = randomStream(seed, 'metrics', step);
  const noise = (size: number) => size * (random.uniform() + random.uniform() - 1);
  const done = step / steps;
  const kl = 14 * done ** 0.8 + noise(1.5);
  const score = 2.6 * (1 - Math.exp(-4 * done)) + noise(0.5);
  return {
    episode: 128 * step,
    ...{ 'objective/kl': kl, 'objective/kl_coef': 0.05, 'objective/non_score_reward': -0.05 * kl },
    ...{ 'objective/scores': score, 'objective/rlhf_reward': score - 0.05 * kl },
    ...{ 'objective/gold': 0.8 * done * (1.4 - done) + noise(0.08), 'objective/scores_std': 1 + noise(0.2) },
    ...{
      'objective/entropy': 40 - 18 * done + noise(3),
      'objective/distinct': 1 - 0.05 * done + noise(0.02),
    },
    ...{ 'policy/entropy_avg': 2.4 - 1.1 * done + noise(0.1), 'policy/approxkl_avg': 0.01 + noise(0.005) },
    ...{ 'policy/clipfrac_avg': 0.12 + noise(0.04), 'val/clipfrac_avg': 0.2 * (1 - done) + noise(0.05) },
    ...{
      'loss/policy_avg': -0.02 + noise(0.01),
      'loss/value_avg': 0.4 * Math.exp(-5 * done) + 0.05 + noise(0.03),
    },
    ...{
      'val/ratio': 1 + noise(0.01),
      'val/ratio_var': 1e-4 + noise(5e-5),
      'ppo/val/var_explained': 1 - Math.exp(-6 * done) + noise(0.05),
    },
    ...{
      'policy/grad_norm': 0.8 + noise(0.3),
      'value/grad_norm': 1.4 * Math.exp(-3 * done) + 0.2 + noise(0.1),
    },
    ...{ response_length: 38 + 9 * done + noise(2), eos_rate: Math.min(1, 0.7 + 0.28 * done + noise(0.04)) },
    ...{ lr: 1e-5 * Math.min(1, step / 10) * (1 - 0.9 * done), eps: 16 + noise(1) },
    ...(step % 10 === 0 && { eval_reward: 2.4 * (1 - Math.exp(-4 * done)) + noise(0.1) }),
  };
}

const TOKENS = 4;
const floats = (): HostTensor => ({ shape: [TOKENS], data: new Float32Array(TOKENS) });
const integers = (...values: number[]): HostTensor => ({
  shape: [values.length],
  data: Int32Array.from(values),
});

/** The same small file for each. */
function writeRollouts(run: RunFolder, steps: number, count: number): void {
  const every = Math.max(1, Math.floor(steps / count));
  run.writeRollouts(
    every,
    new Map([
      ...['kl', 'advantages', 'values', 'rewards', 'returns', 'logprobs', 'referenceLogprobs'].map(
        (name) => [name, floats()] as const,
      ),
      ['prompts', integers(1, 2)],
      ['promptLengths', integers(2)],
      ['promptNumbers', integers(0)],
      ['completions', integers(1, 2, 3, 4)],
      ['completionLengths', integers(TOKENS)],
      ['ended', integers(1)],
      ['scores', { shape: [1], data: new Float32Array(1) }],
    ]),
  );
  const file = (step: number) => join(run.path, 'rollouts', `${String(step).padStart(6, '0')}.safetensors`);
  for (let step = 2 * every; step <= count * every; step += every) copyFileSync(file(every), file(step));
}
