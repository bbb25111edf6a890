import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Feeds } from '../../../core/engine/engine.ts';
import { add, gatherRows, input, mul, reshape, tokenLogProbability } from '../../../core/graph/build.ts';
import { gradient } from '../../../core/graph/gradient.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import {
  pairwiseLoss,
  policyLoss,
  tokenAccuracy,
  tokenLoss,
  valueLoss,
  weightedSum,
} from '../../../core/training/losses.ts';
import { evaluateOnce, floats, integers, openTestEngine } from '../../support/engine.ts';
import { casesOf, expectClose, referenceCases, type ReferenceCase } from '../graph/references.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

const column = (name: string, rows: number | string = 'tokens') => input(name, 'float32', [rows, 1]);
const weights = column('weights');
const asColumn = (values: readonly number[]) => floats(values, [values.length, 1]);

/** The real tokens of a padded reference: what our losses are given. */
const real = ({ inputs }: ReferenceCase, data: readonly number[]) =>
  data.filter((_, i) => inputs.mask!.data[i] === 1);

function realFeeds(reference: ReferenceCase): Feeds {
  const count = real(reference, reference.inputs.mask!.data).length;
  const named = Object.entries(reference.inputs).filter(([name]) => name !== 'mask');
  return {
    ...Object.fromEntries(named.map(([name, { data }]) => [name, asColumn(real(reference, data))])),
    weights: asColumn(new Array<number>(count).fill(1 / count)),
  };
}

const policyOf = ({ attributes }: ReferenceCase) => {
  const [logprobs, old] = [column('newLogProbabilities'), column('oldLogProbabilities')];
  const clipRange = attributes.clipRange as number;
  return { logprobs, ...policyLoss(logprobs, old, column('advantages'), weights, clipRange) };
};

const valueOf = ({ attributes }: ReferenceCase) => {
  const values = column('values');
  const clipRange = (attributes.valueClipRange ?? attributes.clipRange) as number;
  return { values, ...valueLoss(values, column('oldValues'), column('returns'), weights, clipRange) };
};

/** Evaluates named outputs and gradients, and compares both with a reference; pads have gradient 0 there. */
async function expectReference(
  reference: ReferenceCase,
  outputs: Record<string, Tensor>,
  loss: Tensor,
  parameters: Record<string, Tensor>,
) {
  const gradients = gradient(loss, Object.values(parameters));
  const named = Object.fromEntries(Object.keys(parameters).map((name, i) => [`of ${name}`, gradients[i]!]));
  const values = await evaluateOnce(engine, { ...outputs, ...named }, realFeeds(reference));
  for (const [name, { data }] of Object.entries(reference.outputs))
    expectClose(values[name]!.data, data, name);
  const upstream = Object.values(reference.outputGradients)[0]!.data[0]!;
  for (const [name, { data }] of Object.entries(reference.inputGradients))
    expectClose(
      values[`of ${name}`]!.data.map((value) => value * upstream),
      real(reference, data),
      `gradient of ${name}`,
    );
}

const policyOutputs = ({ loss, clippedShare, approximateKl, ratio }: ReturnType<typeof policyOf>) => ({
  policyLoss: loss,
  clipFraction: clippedShare,
  approximateKl,
  meanRatio: ratio,
});

const valueOutputs = ({ loss, clippedShare }: ReturnType<typeof valueOf>) => ({
  valueLoss: loss,
  valueClipFraction: clippedShare,
});

describe('the clipped losses', () => {
  it.each(casesOf('ppoPolicyLoss'))('of the policy are those of PyTorch: %s', (_, reference) => {
    const policy = policyOf(reference);
    return expectReference(reference, policyOutputs(policy), policy.loss, {
      newLogProbabilities: policy.logprobs,
    });
  });

  it.each(casesOf('ppoValueLoss'))('of the value are those of PyTorch: %s', (_, reference) => {
    const value = valueOf(reference);
    return expectReference(reference, valueOutputs(value), value.loss, { values: value.values });
  });

  it('of both together are those of PyTorch', () => {
    const reference = referenceCases.ppoLoss!;
    const [policy, value] = [policyOf(reference), valueOf(reference)];
    const totalLoss = add(policy.loss, mul(value.loss, reference.attributes.valueCoefficient as number));
    const outputs = { totalLoss, ...policyOutputs(policy), ...valueOutputs(value) };
    return expectReference(reference, outputs, totalLoss, {
      newLogProbabilities: policy.logprobs,
      values: value.values,
    });
  });

  // PyTorch's references have no token whose ratio passes the upper end with a positive advantage.
  it.each([
    ['rises above the range with a positive advantage', 1.5, 2, -2.4, 0],
    ['falls below it with a positive advantage', 0.5, 2, -1, -1],
    ['rises above it with a negative advantage', 1.5, -2, 3, 3],
    ['falls below it with a negative advantage', 0.5, -2, 1.6, 0],
    ['stays inside', 1.1, 2, -2.2, -2.2],
  ])('of the policy count a ratio that %s', async (_, ratio, advantage, loss, slope) => {
    const policy = policyOf(referenceCases.ppoPolicyLoss!);
    const [ofLogprobs] = gradient(policy.loss, [policy.logprobs]);
    const values = await evaluateOnce(
      engine,
      { loss: policy.loss, clipped: policy.clippedShare, ofLogprobs: ofLogprobs! },
      {
        newLogProbabilities: asColumn([Math.log(ratio) - 1]),
        oldLogProbabilities: asColumn([-1]),
        advantages: asColumn([advantage]),
        weights: asColumn([1]),
      },
    );
    expectClose(values.loss!.data, [loss], 'loss');
    expectClose(values.ofLogprobs!.data, [slope], 'gradient');
    expect(values.clipped!.data[0]).toBe(slope === 0 ? 1 : 0);
  });

  it.each([
    ['moves beyond the range towards the return', 2, 5, 7.22, 0],
    ['moves beyond it from above towards the return', 0, -2, 3.92, 0],
    ['moves beyond it away from the return', 2, -1, 4.5, 3],
    ['stays inside', 1.1, 3, 1.805, -1.9],
  ])('of the value count a value that %s', async (_, estimate, target, loss, slope) => {
    const value = valueOf(referenceCases.ppoValueLoss!);
    const [ofValues] = gradient(value.loss, [value.values]);
    const values = await evaluateOnce(
      engine,
      { loss: value.loss, clipped: value.clippedShare, ofValues: ofValues! },
      {
        values: asColumn([estimate]),
        oldValues: asColumn([1]),
        returns: asColumn([target]),
        weights: asColumn([1]),
      },
    );
    expectClose(values.loss!.data, [loss], 'loss');
    expectClose(values.ofValues!.data, [slope], 'gradient');
    expect(values.clipped!.data[0]).toBe(slope === 0 ? 1 : 0);
  });

  it('report how far the furthest ratio is from 1', async () => {
    const { ratioError } = policyOf(referenceCases.ppoPolicyLoss!);
    const { feeds, expected } = ratios([-1, -0.5, -2], [-1, -0.7, -1.5]);
    const values = await evaluateOnce(engine, { ratioError }, feeds);
    expectClose(values.ratioError!.data, [Math.max(...expected.map((r) => Math.abs(r - 1)))], 'ratioError');
  });

  const ratios = (logprobs: number[], old: number[]) => ({
    feeds: { newLogProbabilities: asColumn(logprobs), oldLogProbabilities: asColumn(old) },
    expected: logprobs.map((logprob, i) => Math.exp(logprob - old[i]!)),
  });
});

describe('the pairwise loss', () => {
  /** The pairs of a prompt share its weight; all prompts weigh the same. */
  const weightsOf = ({ inputs: { prompts } }: ReferenceCase): number[] => {
    const count = new Set(prompts!.data).size;
    return prompts!.data.map((prompt) => 1 / count / prompts!.data.filter((p) => p === prompt).length);
  };

  it.each(casesOf('pairwiseRewardLoss'))('is that of PyTorch: %s', async (_, reference) => {
    const { rewards, winners, losers } = reference.inputs;
    const count = rewards!.data.length;
    const all = input('rewards', 'float32', [count]);
    const at = (name: string) => gatherRows(reshape(all, [count, 1]), input(name, 'int32', ['tokens']));
    const loss = pairwiseLoss(at('winners'), at('losers'), weights);
    const values = await evaluateOnce(
      engine,
      { loss, ofRewards: gradient(loss, [all])[0]! },
      {
        rewards: floats(rewards!.data, [count]),
        winners: integers(winners!.data),
        losers: integers(losers!.data),
        weights: asColumn(weightsOf(reference)),
      },
    );
    const upstream = reference.outputGradients.loss!.data[0]!;
    expectClose(values.loss!.data, reference.outputs.loss!.data, 'loss');
    expectClose(
      values.ofRewards!.data.map((value) => value * upstream),
      reference.inputGradients.rewards!.data,
      'gradient of rewards',
    );
  });

  it('is log 2 for equal rewards', async () => {
    const loss = pairwiseLoss(column('chosen'), column('rejected'), weights);
    const equal = asColumn([0.5, -3]);
    const feeds = { chosen: equal, rejected: equal, weights: asColumn([0.5, 0.5]) };
    const values = await evaluateOnce(engine, { loss }, feeds);
    expectClose(values.loss!.data, [Math.LN2], 'loss');
  });
});

describe('weights over the whole batch', () => {
  it('make a mean of it, however it is split', async () => {
    const program = await engine.compile({ outputs: { sum: weightedSum(column('x'), weights) } });
    const x = [1, 2, 3, 4, 5, 6, 7.5];
    const part = async (start: number, end: number) => {
      const rows = asColumn(x.slice(start, end));
      const shares = asColumn(new Array<number>(end - start).fill(1 / x.length));
      return (await program.run({ x: rows, weights: shares })).sum!.data[0]!;
    };
    const whole = 28.5 / 7;
    expectClose([await part(0, 7)], [whole], 'whole');
    expectClose([(await part(0, 3)) + (await part(3, 4)) + (await part(4, 7))], [whole], 'parts');
    await program.dispose();
  });

  it('weigh the likelihood and the accuracy of tokens', async () => {
    // Logits are the hidden states themselves: row 0 is sure of token 1, row 1 undecided between 0 and 2.
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const { logProbability, probabilities } = tokenLogProbability(
      input('hidden', 'float32', ['tokens', 3]),
      input('unembedding', 'float32', [3, 3]),
      input('targets', 'int32', ['tokens']),
    );
    const outputs = {
      loss: tokenLoss(logProbability, weights),
      accuracy: tokenAccuracy(logProbability, probabilities, weights),
    };
    const program = await engine.compile({ outputs });
    const rows = [0, 9, 0, 4, 0, 4, 0, 9, 0];
    const score = async (targets: number[]) => {
      const { loss, accuracy } = await program.run({
        hidden: floats(rows, [3, 3]),
        unembedding: floats(identity, [3, 3]),
        targets: integers(targets),
        weights: asColumn([0.5, 0.25, 0.25]),
      });
      return { loss: loss!.data[0]!, accuracy: accuracy!.data[0]! };
    };
    const [sure, undecided] = [Math.log(1 + 2 * Math.exp(-9)), Math.log(2 + Math.exp(-4))];
    const right = await score([1, 2, 0]);
    expectClose([right.loss], [0.5 * sure + 0.25 * undecided + 0.25 * (sure + 9)], 'loss');
    expect(right.accuracy).toBe(0.75);
    expect((await score([0, 1, 1])).accuracy).toBe(0.25);
    await program.dispose();
  });
});
