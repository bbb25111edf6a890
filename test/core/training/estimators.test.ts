import { describe, expect, it } from 'vitest';
import { ppoSettings } from '../../../core/contract/algorithms.ts';
import { resolveSettings } from '../../../core/contract/settings.ts';
import { randomStream } from '../../../core/data/random.ts';
import {
  generalizedAdvantages,
  KlController,
  mean,
  tokenKl,
  tokenRewards,
  variance,
  whiten,
} from '../../../core/training/estimators.ts';
import { scoreMissingEnd, toEpisodes } from '../../../core/training/rollouts.ts';
import { flatten } from '../../../core/training/sequences.ts';
import { casesOf, expectClose, type ReferenceCase } from '../graph/references.ts';

/** The rows of a padded reference tensor, each cut to its length. */
function ragged(
  { inputs }: ReferenceCase,
  { data, shape }: { data: readonly number[]; shape: readonly number[] },
) {
  const width = shape[1]!;
  const lengths =
    inputs.lengths?.data ??
    Array.from({ length: shape[0]! }, (_, row) =>
      inputs.mask!.data.slice(row * width, (row + 1) * width).reduce((a, b) => a + b),
    );
  return lengths.map((length, row) => Float32Array.from(data.slice(row * width, row * width + length)));
}

function expectRows(reference: ReferenceCase, actual: readonly Float32Array[], name: string) {
  ragged(reference, reference.outputs[name]!).forEach((expected, row) =>
    expectClose(actual[row]!, expected, `${name} of row ${row}`),
  );
}

describe('PyTorch gives', () => {
  it.each(casesOf('klRewards'))('the KL and the rewards of %s', (_, reference) => {
    const { logProbabilities, referenceLogProbabilities, scores } = reference.inputs;
    const own = ragged(reference, logProbabilities!);
    const other = ragged(reference, referenceLogProbabilities!);
    for (const estimator of ['k1', 'k2', 'k3'] as const)
      expectRows(
        reference,
        own.map((logprobs, i) => tokenKl(logprobs, other[i]!, estimator)),
        estimator,
      );
    const rewards = own.map((logprobs, i) =>
      tokenRewards(
        tokenKl(logprobs, other[i]!),
        reference.attributes.coefficient as number,
        scores!.data[i]!,
      ),
    );
    expectRows(reference, rewards, 'rewards');
  });

  it.each(casesOf('generalizedAdvantages'))('the advantages and returns of %s', (_, reference) => {
    const { gamma, lambda } = reference.attributes as { gamma: number; lambda: number };
    const values = ragged(reference, reference.inputs.values!);
    const estimates = ragged(reference, reference.inputs.rewards!).map((rewards, i) =>
      generalizedAdvantages(rewards, values[i]!, gamma, lambda),
    );
    for (const name of ['advantages', 'returns'] as const)
      expectRows(
        reference,
        estimates.map((estimate) => estimate[name]),
        name,
      );
  });

  // The unbiased variance of TRL is not ours: lm-human-preferences divides by n.
  const population = casesOf('maskedWhiten').filter(([, { attributes }]) => attributes.unbiased === false);
  it.each(population)('the whitened values of %s', (_, reference) => {
    const parts = ragged(reference, reference.inputs.x!);
    expectRows(reference, whiten(parts, reference.attributes.shiftMean === false), 'output');
  });
});

describe('generalised advantages', () => {
  const random = randomStream(11, 'advantages');
  const cases = Array.from({ length: 40 }, (_, i) => {
    const length = 1 + random.integer(30);
    return [
      i,
      {
        rewards: random.normals(length, 1),
        values: random.normals(length, 1),
        gamma: random.uniform(),
        lam: random.uniform(),
      },
    ] as const;
  });

  /** δ_t = r_t + γV_{t+1} − V_t, with V = 0 past the end. */
  const deltas = (rewards: Float32Array, values: Float32Array, gamma: number) =>
    Array.from(
      rewards,
      (reward, t) => reward + gamma * (t + 1 < values.length ? values[t + 1]! : 0) - values[t]!,
    );

  function byLoop(delta: readonly number[], decay: number): number[] {
    const advantages: number[] = [];
    for (let t = 0; t < delta.length; t++) {
      let total = 0;
      for (let l = t; l < delta.length; l++) total += decay ** (l - t) * delta[l]!;
      advantages.push(total);
    }
    return advantages;
  }

  /** A = Dδ for the upper triangular D of powers of γλ. */
  function byMatrix(delta: readonly number[], decay: number): number[] {
    const powers = delta.map((_, t) => delta.map((__, l) => (l < t ? 0 : decay ** (l - t))));
    return powers.map((row) => row.reduce((total, power, l) => total + power * delta[l]!, 0));
  }

  it.each(cases)(
    'agree with a loop and a matrix product on random input (%i)',
    (_, { rewards, values, gamma, lam }) => {
      const { advantages, returns } = generalizedAdvantages(rewards, values, gamma, lam);
      const delta = deltas(rewards, values, gamma);
      for (const expected of [byLoop(delta, gamma * lam), byMatrix(delta, gamma * lam)]) {
        expectClose(advantages, expected, 'advantages');
        const sums = expected.map((advantage, t) => advantage + values[t]!);
        expectClose(returns, sums, 'returns');
      }
    },
  );

  it('with λ = 1 are the rewards to come, less the value', () => {
    const [rewards, values] = [Float32Array.of(1, 2, 4), Float32Array.of(0.5, -1, 3)];
    const { advantages, returns } = generalizedAdvantages(rewards, values, 1, 1);
    expectClose(returns, [7, 6, 4], 'returns');
    expectClose(advantages, [6.5, 7, 1], 'advantages');
  });

  it('with λ = 0 look one step ahead', () => {
    const [rewards, values] = [Float32Array.of(1, 2, 4), Float32Array.of(0.5, -1, 3)];
    expectClose(generalizedAdvantages(rewards, values, 0.5, 0).advantages, [0, 4.5, 1], 'advantages');
  });

  it('of an empty completion are empty', () => {
    const none = new Float32Array();
    expect(generalizedAdvantages(none, none, 1, 1)).toEqual({ advantages: none, returns: none });
  });
});

describe('KL of samples', () => {
  it('is estimated without bias by k1 and k3, and never below 0 by k2 and k3', () => {
    const [p, q] = [
      [0.5, 0.3, 0.2],
      [0.2, 0.3, 0.5],
    ];
    const exact = p.reduce((total, pi, i) => total + pi * Math.log(pi / q[i]!), 0);
    const logs = (probabilities: number[]) => Float32Array.from(probabilities, Math.log);
    const expectation = (estimator: 'k1' | 'k2' | 'k3') =>
      tokenKl(logs(p), logs(q), estimator).reduce((total, value, i) => total + p[i]! * value, 0);
    expect(expectation('k1')).toBeCloseTo(exact, 6);
    expect(expectation('k3')).toBeCloseTo(exact, 6);
    for (const estimator of ['k2', 'k3'] as const)
      for (const value of tokenKl(logs(p), logs(q), estimator)) expect(value).toBeGreaterThanOrEqual(0);
  });

  it('by k3 keeps its digits where the two models nearly agree', () => {
    const [close] = tokenKl(Float32Array.of(-1), Float32Array.of(-1 + 2 ** -20), 'k3');
    expect(close! / 2 ** -41).toBeCloseTo(1, 5);
  });
});

describe('the KL controller', () => {
  it('keeps a fixed coefficient', () => {
    const controller = new KlController(0.02);
    controller.update(100, 512);
    expect(controller.coefficient).toBe(0.02);
  });

  it('raises an adaptive one above the target and lowers it below, by at most a fifth of n/horizon', () => {
    const after = (kl: number, episodes = 100) => {
      const controller = new KlController(0.1, { target: 6, horizon: 1000 });
      controller.update(kl, episodes);
      return controller.coefficient;
    };
    expect(after(6)).toBe(0.1);
    expect(after(6.6)).toBeCloseTo(0.1 * 1.01, 12);
    expect(after(5.4)).toBeCloseTo(0.1 * 0.99, 12);
    expect(after(60)).toBeCloseTo(0.1 * 1.02, 12);
    expect(after(0)).toBeCloseTo(0.1 * 0.98, 12);
    expect(after(-3)).toBeCloseTo(0.1 * 0.98, 12);
    expect(after(60, 1000)).toBeCloseTo(0.12, 12);
  });

  it('brings a KL that answers to it to the target', () => {
    const controller = new KlController(0.01, { target: 6, horizon: 1000 });
    for (let i = 0; i < 500; i++) controller.update(0.6 / controller.coefficient, 100);
    expect(controller.coefficient).toBeCloseTo(0.1, 4);
  });
});

describe('whitening', () => {
  const parts = [Float32Array.of(1, 2, 3), Float32Array.of(10), Float32Array.of(-4, 0)];

  it('gives mean 0 and deviation 1 over all tokens of the batch', () => {
    const all = flatten(whiten(parts));
    expect(mean(all)).toBeCloseTo(0, 6);
    expect(variance(all)).toBeCloseTo(1, 6);
    expect(whiten(parts).map(({ length }) => length)).toEqual([3, 1, 2]);
  });

  it('can keep the mean', () => {
    expect(mean(flatten(whiten(parts, true)))).toBeCloseTo(mean(flatten(parts)), 6);
  });

  it('leaves equal values finite', () => {
    expect(whiten([Float32Array.of(5, 5)])).toEqual([Float32Array.of(0, 0)]);
  });
});

describe('rollouts', () => {
  it('score a completion without an end token as the settings say', () => {
    const score = (missingEos: 'none' | 'replace' | 'subtract', ended = false, missingEosScore = -1) =>
      scoreMissingEnd(3, ended, { missingEos, missingEosScore });
    expect(score('none')).toBe(3);
    expect(score('replace')).toBe(-1);
    expect(score('subtract')).toBe(2);
    expect(score('subtract', false, 0.5)).toBe(2.5);
    expect(score('replace', true)).toBe(3);
  });

  it('become episodes: KL penalties on every token, the score on the last, then advantages', () => {
    const settings = resolveSettings(ppoSettings, 'paper', { whitenAdvantages: false, lam: 1, gamma: 1 });
    const ids = Int32Array.of(7, 8);
    const { kl, rewards, advantages, returns } = toEpisodes(
      {
        prompts: [ids],
        completions: [ids],
        ended: [true],
        sequences: [{ ids: Int32Array.of(7, 8, 7, 8), start: 2 }],
        logprobs: [Float32Array.of(-1, -2)],
        referenceLogprobs: [Float32Array.of(-1.5, -1)],
        values: [Float32Array.of(0.25, 0.5)],
        scores: Float32Array.of(2),
      },
      0.5,
      settings,
    );
    expect(kl).toEqual([Float32Array.of(0.5, -1)]);
    expect(rewards).toEqual([Float32Array.of(-0.25, 2.5)]);
    expect(returns).toEqual([Float32Array.of(2.25, 2.5)]);
    expect(advantages).toEqual([Float32Array.of(2, 2)]);
  });
});
