/** The doctor on runs that really have the disease, and on healthy ones. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Detector, Finding } from '../../../core/contract/calls.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { diagnose } from '../../../core/evaluation/doctor/diagnose.ts';
import { openTestEngine } from '../../support/engine.ts';
import { tinyWorld, type World } from '../workbench/tiny.ts';
import {
  drawingAmong,
  indifferent,
  observe,
  observed,
  samplingAt,
  teachBase,
  teachReward,
  type Course,
  type Observed,
} from './patients.ts';

let engine: Engine;
let world: World;
/** A policy that knows the sentences, and a reward model that likes boats. */
let base: string;
let boats: string;
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
  base = await teachBase(world, engine);
  const completions = [' sat on the boat.', ' sat on the hill.', ' sat', ' the the the'];
  boats = await teachReward(world, engine, base, { name: 'boats', completions });
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

const ppo = (iterations: number, course: Partial<Course>, ill = engine) =>
  observe(world, ill, iterations, { model: base, rewardModel: boats, ...course });

const findings = ({ metrics, settings }: Observed) => diagnose(metrics, settings);

/** The finding of a detector; fails with those that there are. */
function found(run: Observed, detector: Detector): Finding {
  const all = findings(run);
  expect(all.map((finding) => finding.detector)).toContain(detector);
  const finding = all.find((each) => each.detector === detector)!;
  expect(Array.from(run.metrics.steps)).toContain(finding.since);
  for (const name of finding.metrics) expect(run.metrics.values).toHaveProperty([name]);
  return finding;
}

const column = ({ metrics }: Observed, name: string) => Array.from(metrics.values[name]!);

/** Follows the reward wherever it goes. */
const unbridled = { klCoef: 0, learningRate: 3e-3 };

describe('negative-kl', () => {
  test('where tokens are drawn among a few, but probabilities are of all', async () => {
    const settings = {
      klCoef: 0,
      learningRate: 3e-4,
      whitenAdvantages: false,
      valueLearningRate: 0,
      gamma: 0.5,
    };
    const rewardModel = indifferent(world, base, 3);
    const run = await ppo(
      18,
      { rewardModel, settings: { ...settings, missingEos: 'none' } },
      drawingAmong(4, engine),
    );
    expect(
      column(run, 'objective/kl')
        .slice(4)
        .every((kl) => kl < 0),
    ).toBe(true);
    const finding = found(run, 'negative-kl');
    expect(finding).toMatchObject({
      severity: 'danger',
      metrics: ['objective/kl', 'objective/non_score_reward'],
    });
    expect(finding.evidence).toMatch(
      /^The KL to the reference is −[\d.]+ nats a completion; .* below −0\.141\.$/,
    );
    expect(finding.since).toBeLessThan(8);
  });

  test('not where so small a batch would show as much by chance', async () => {
    const { metrics, settings } = await ppo(12, {});
    const dipping = {
      ...metrics,
      values: { 'objective/kl': metrics.values['objective/kl']!.map(() => -0.1) },
    };
    expect(diagnose(dipping, settings)).toEqual([]);
    expect(diagnose(dipping, { ...settings, batchSize: 512 })).toHaveLength(1);
  });
});

describe('ratio-blow-up', () => {
  test('where an iteration makes many large updates', async () => {
    const run = await ppo(12, { settings: { klCoef: 0, innerEpochs: 12, learningRate: 1e-2 } });
    expect(found(run, 'ratio-blow-up')).toMatchObject({
      severity: 'danger',
      title: 'Updates change the policy too much',
      metrics: ['policy/approxkl_avg'],
    });
  });

  test('where sampling has another temperature than training', async () => {
    const run = await ppo(10, {}, samplingAt(1.5, engine));
    expect(found(run, 'ratio-blow-up')).toMatchObject({
      severity: 'danger',
      title: 'Sampling and training disagree on probabilities',
      since: 1,
    });
  });
});

describe('eos-collapse', () => {
  const mats = ' sat on the mat the mat';
  const rambling = [`${mats} the mat the mat`, mats, ' sat on the mat.', ' sat'];

  test('where the reward model likes what does not end', async () => {
    const ended = [false, false, true, true];
    const rewardModel = await teachReward(world, engine, base, {
      name: 'rambling',
      completions: rambling,
      ended,
    });
    const run = await ppo(30, { rewardModel, settings: { ...unbridled, missingEos: 'none' } });
    expect(found(run, 'eos-collapse')).toMatchObject({ severity: 'danger', title: 'Completions do not end' });

    // Given the room, the same lets completions grow.
    const longer = await ppo(30, {
      rewardModel,
      settings: { ...unbridled, missingEos: 'none', responseLength: 32 },
    });
    const drift = found(longer, 'length-drift');
    expect(drift).toMatchObject({ severity: 'danger', title: 'Completions grow longer' });
    expect(drift.evidence).toMatch(/tokens, and the score goes with the length \(correlation 0\.\d+\)\.$/);
  });

  test('where the reward model likes silence, and all that goes with it', async () => {
    const completions = ['.', 'a', ' sat.', ' sat on the mat.', `${mats}.`, ' the the the the'];
    const rewardModel = await teachReward(world, engine, base, { name: 'silence', completions });
    const settings = { klCoef: 0, learningRate: 2e-3, innerEpochs: 2, missingEosScore: -10 };
    const run = await ppo(32, { rewardModel, settings });
    expect(found(run, 'eos-collapse')).toMatchObject({
      severity: 'danger',
      title: 'Completions end at once',
    });
    expect(found(run, 'length-drift').title).toBe('Completions grow shorter');
    expect(found(run, 'identical-completions').evidence).toMatch(
      /^[\d.]+% of an iteration's completions are like no other; at the start it was [\d.]+%\.$/,
    );
    expect(found(run, 'entropy-collapse').evidence).toMatch(/^The entropy fell from 2\.\d+ to 0\.\d+ nats/);
    expect(found(run, 'reward-scale-drift').title).toBe('Scores hardly differ any more');
    expect(findings(run).map(({ severity }) => severity)).toEqual(
      findings(run)
        .map(({ severity }) => severity)
        .sort(),
    );
  });
});

test('value-divergence, where the value model does not follow', async () => {
  const run = await ppo(24, { settings: { valueLearningRate: 0 } });
  expect(found(run, 'value-divergence')).toMatchObject({ severity: 'danger', since: 6 });
});

test('over-optimisation, where boats are worth more than words', async () => {
  const words = new Set('the sat on cat dog owl fox hen bee mat roof hill boat'.split(' '));
  const gold = (_prompt: string, text: string): number => {
    const written = text.split(/[\s.]+/).filter((word) => word !== '');
    return written.filter((word) => words.has(word)).length / Math.max(1, written.length);
  };
  const run = await ppo(30, { settings: unbridled, gold });
  const finding = found(run, 'over-optimisation');
  expect(finding.severity).toBe('danger');
  expect(finding.since).toBeLessThan(10);
  expect(finding.evidence).toMatch(
    /^Since step \d the score went from −?\d\.\d+ to \d\.\d+, but the hidden preference from 0\.\d+ to 0(\.\d+)?\.$/,
  );

  // The same numbers as a reward on watched prompts.
  const { 'objective/gold': watched, ...others } = run.metrics.values;
  const metrics = { ...run.metrics, values: { ...others, eval_reward: watched! } };
  expect(found({ ...run, metrics }, 'over-optimisation').metrics).toContain('eval_reward');
});

test('reward-scale-drift, while the policy is on its way from what all scored alike', async () => {
  const model = await teachBase(world, engine, 200);
  const completions = [' the the the', ' the the', ' sat on the mat.'];
  const rewardModel = await teachReward(world, engine, base, { name: 'babble', completions });
  const settings = { learningRate: 1e-3, klCoef: 0, missingEos: 'none', batchSize: 64, episodes: 64 * 30 };
  const { metrics, settings: resolved } = await ppo(30, { model, rewardModel, settings });
  const told = Array.from(metrics.steps, (step) => diagnose(first(metrics, step), resolved)).flat();
  expect(told.map(({ title }) => title)).toContain('Scores spread ever wider');
});

describe('nothing is found', () => {
  test.each([
    ['gentle', {}, 3],
    ['of another seed', { klCoef: 0.2 }, 11],
    ['with pretraining mixed in', { ptxCoef: 0.3, pretrainingLength: 12 }, 5],
  ])('in a tiny run that is %s', async (_, settings, seed) => {
    expect(findings(await ppo(30, { settings, seed }))).toEqual([]);
  });

  // Of `npm run demo -- --seed 0 --out FOLDER`: metrics.jsonl of its PPO and PPO-ptx, and run.json without its sources.
  test.each(['ppo', 'ppo-ptx'])('in the %s of the starter project, at any step', (name) => {
    const { metrics, settings } = observed(join(import.meta.dirname, '../../fixtures/doctor', name));
    expect(metrics.steps).toHaveLength(30);
    for (const length of metrics.steps.keys())
      expect(diagnose(first(metrics, length + 1), settings)).toEqual([]);
  });

  test('in a run of another algorithm, or without metrics', () => {
    const steps = Int32Array.from({ length: 50 }, (_, i) => i + 1);
    const values = { loss: Float64Array.from(steps, (step) => 1e6 * step) };
    expect(diagnose({ steps, times: new Float64Array(50), values }, {})).toEqual([]);
  });
});

function first({ steps, times, values }: Observed['metrics'], length: number): Observed['metrics'] {
  const cut = Object.entries(values).map(([name, column]) => [name, column.slice(0, length)] as const);
  return { steps: steps.slice(0, length), times: times.slice(0, length), values: Object.fromEntries(cut) };
}

test('an illness that has passed is not told', async () => {
  const run = await ppo(12, {}, samplingAt(1.5, engine));
  const errors = run.metrics.values['val/first_ratio_error']!;
  const cured = Float64Array.from({ length: 24 }, (_, i) => (i < 12 ? errors[i]! : 1e-6));
  const metrics = {
    steps: Int32Array.from(cured, (_, i) => i + 1),
    times: cured,
    values: { 'val/first_ratio_error': cured },
  };
  expect(diagnose(metrics, run.settings)).toEqual([]);
  expect(diagnose(first(metrics, 12), run.settings)).toHaveLength(1);
});

test('ten thousand steps are read at a glance', async () => {
  const run = await ppo(12, {});
  const steps = Int32Array.from({ length: 10_000 }, (_, i) => i + 1);
  const repeat = (column: Float64Array) => Float64Array.from(steps, (_, i) => column[i % column.length]!);
  const values = Object.fromEntries(
    Object.entries(run.metrics.values).map(([name, column]) => [name, repeat(column)]),
  );
  const metrics = { steps, times: Float64Array.from(steps), values };
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    diagnose(metrics, run.settings);
    return performance.now() - began;
  });
  // 5 to 10 on an idle machine.
  expect(Math.min(...times)).toBeLessThan(50);
});
