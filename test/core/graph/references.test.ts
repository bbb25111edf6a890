import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Feeds } from '../../../core/engine/engine.ts';
import { add, input, mul, reduceSum, reshape } from '../../../core/graph/build.ts';
import { gradient } from '../../../core/graph/gradient.ts';
import type { Tensor } from '../../../core/graph/tensor.ts';
import { evaluateOnce, floats, openTestEngine } from '../../support/engine.ts';
import {
  elsewhere,
  expectClose,
  feedsOf,
  inputsOf,
  referenceCases,
  translations,
  untranslated,
  type ReferenceCase,
  type ReferenceOp,
} from './references.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

/** The rules that refuse: PyTorch differentiates what training here never does. */
const forwardOnly = (name: string, { op }: ReferenceCase): boolean =>
  op === 'reduceMax' || op === 'gatherElements' || name === 'tokenLogProbability entropy gradient';

const translated = Object.entries(referenceCases).filter(
  ([name, { op }]) => op in translations && !(name in untranslated),
);

function translate(reference: ReferenceCase) {
  const inputs = inputsOf(reference);
  const made = translations[reference.op as ReferenceOp](inputs, reference);
  const outputs = 'node' in made ? { output: made as Tensor } : made;
  return { inputs, outputs };
}

const upstreamName = (name: string) => `upstream of ${name}`;

/** Σ ⟨output, cotangent⟩, as the references differentiate it. */
function weightedSum(outputs: Record<string, Tensor>, names: readonly string[]): Tensor {
  const terms = names.map((name) => {
    const output = outputs[name]!;
    return reshape(reduceSum(mul(output, input(upstreamName(name), 'float32', output.shape))), []);
  });
  return terms.reduce((total, term) => add(total, term));
}

function upstreamFeeds({ outputGradients }: ReferenceCase, outputs: Record<string, Tensor>): Feeds {
  const feeds = Object.entries(outputGradients).map(([name, { data }]) => [
    upstreamName(name),
    floats(data, outputs[name]!.shape as number[]),
  ]);
  return Object.fromEntries(feeds) as Feeds;
}

/** An entropy is the difference of numbers as large as the logits, up to 60 here, and has their absolute error. */
const toleranceOf = (output: string): [number, number] => [output === 'entropy' ? 1e-5 : 1e-6, 1e-5];

describe('PyTorch', () => {
  it('gives a reference for nothing that is neither tested nor set aside for a reason', () => {
    const left = Object.entries(referenceCases).filter(
      ([name, { op }]) => !(op in translations) && !(op in elsewhere) && !(name in untranslated),
    );
    expect(left.map(([name]) => name)).toEqual([]);
  });

  it.each(translated)('gives the values of %s', async (_, reference) => {
    const { outputs } = translate(reference);
    const values = await evaluateOnce(engine, outputs, feedsOf(reference, outputs));
    for (const [name, { data }] of Object.entries(reference.outputs))
      expectClose(values[name]!.data, data, name, toleranceOf(name));
  });

  const differentiable = translated.filter(([name, reference]) => !forwardOnly(name, reference));
  it.each(differentiable)('gives the gradients of %s', async (_, reference) => {
    const { inputs, outputs } = translate(reference);
    const names = Object.keys(reference.inputGradients);
    const loss = weightedSum(outputs, Object.keys(reference.outputGradients));
    const gradients = gradient(
      loss,
      names.map((name) => inputs[name]!),
    );
    const named = Object.fromEntries(names.map((name, i) => [name, gradients[i]!]));
    const values = await evaluateOnce(engine, named, {
      ...feedsOf(reference, named),
      ...upstreamFeeds(reference, outputs),
    });
    for (const [name, { data }] of Object.entries(reference.inputGradients))
      expectClose(values[name]!.data, data, `gradient of ${name}`);
  });
});
