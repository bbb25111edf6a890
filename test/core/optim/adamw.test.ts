import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../core/engine/engine.ts';
import { AdamW, clipFactor, type AdamWSettings } from '../../../core/optim/adamw.ts';
import { filledSet, floats, noiseValue, openTestEngine } from '../../support/engine.ts';
import { casesOf, expectClose, type ReferenceCase } from '../graph/references.ts';

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

const plain: AdamWSettings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 0 };

async function start(settings: AdamWSettings, values: Record<string, ReturnType<typeof floats>>) {
  const parameters = await filledSet(engine, values);
  const optimizer = new AdamW(engine, parameters, settings);
  return {
    optimizer,
    parameters,
    step: async (gradients: Record<string, Float32Array>, learningRate = 0.01) => {
      await optimizer.gradients.write(gradients);
      return optimizer.step(learningRate);
    },
  };
}

const stateOf = async ({ steps, moments }: AdamW) => ({
  steps,
  firstMoment: await moments.first.read(),
  secondMoment: await moments.second.read(),
});

describe('AdamW', () => {
  it.each(casesOf('adamw'))('makes the steps of PyTorch: %s', async (_, { attributes, inputs, outputs }) => {
    const { learningRate, ...hyperparameters } = attributes as unknown as AdamWSettings & {
      learningRate: number;
    };
    const { data, shape } = inputs.parameters!;
    const { optimizer, parameters, step } = await start(
      { ...hyperparameters, maxGradientNorm: 0 },
      { w: floats(data, shape) },
    );
    for (const number of [1, 2, 3]) {
      await step({ w: Float32Array.from(inputs[`gradients${number}`]!.data) }, learningRate);
      const { w } = await parameters.read();
      expectClose(w!, outputs[`parameters${number}`]!.data, `parameters after step ${number}`);
    }
    const { steps, firstMoment, secondMoment } = await stateOf(optimizer);
    expect(steps).toBe(3);
    expectClose(firstMoment.w!, outputs.firstMoment3!.data, 'first moment');
    expectClose(secondMoment.w!, outputs.secondMoment3!.data, 'second moment');
  });

  const clipped = async ({ attributes, inputs: { a, b } }: ReferenceCase) => {
    const maxGradientNorm = attributes.maximumNorm as number;
    const zeros = { a: floats(new Float32Array(6), [2, 3]), b: floats(new Float32Array(4), [4]) };
    const run = await start({ ...plain, beta1: 0, maxGradientNorm }, zeros);
    const norm = await run.step({ a: Float32Array.from(a!.data), b: Float32Array.from(b!.data) });
    return { norm, firstMoment: (await stateOf(run.optimizer)).firstMoment };
  };
  // Without β₁ the first moment is the gradient that was used. PyTorch divides by norm + 1e-6; we by the norm.
  it.each(casesOf('clipGradientNorm'))('clips as PyTorch does: %s', async (_, reference) => {
    const { norm, firstMoment } = await clipped(reference);
    expectClose([norm], reference.outputs.norm!.data, 'norm');
    expectClose(firstMoment.a!, reference.outputs.clippedA!.data, 'a');
    expectClose(firstMoment.b!, reference.outputs.clippedB!.data, 'b');
    const factor = clipFactor(norm, reference.attributes.maximumNorm as number);
    const scaled = reference.inputs.a!.data.map((value) => value * factor);
    expectClose(scaled, reference.outputs.clippedA!.data, 'a by the factor');
  });

  it('starts the next step with an empty gradient', async () => {
    const { optimizer, step } = await start(plain, { w: noiseValue([4]) });
    expect(await step({ w: Float32Array.of(3, 0, 4, 0) })).toBe(5);
    expect(await optimizer.gradients.read()).toEqual({ w: new Float32Array(4) });
  });

  it('changes nothing where the gradient is not finite', async () => {
    const { optimizer, parameters, step } = await start(plain, { w: noiseValue([2]) });
    const before = await parameters.read();
    expect(await step({ w: Float32Array.of(1, NaN) })).toBeNaN();
    expect(await step({ w: Float32Array.of(1, Infinity) })).toBe(Infinity);
    expect(await parameters.read()).toEqual(before);
    expect(await stateOf(optimizer)).toEqual({
      steps: 0,
      firstMoment: { w: new Float32Array(2) },
      secondMoment: { w: new Float32Array(2) },
    });
  });

  it('goes on from its state as if it had never stopped', async () => {
    const gradients = [1, 2, 3, 4].map((seed) => ({ w: noiseValue([5], seed).data as Float32Array }));
    const whole = await start(plain, { w: noiseValue([5]) });
    for (const gradient of gradients) await whole.step(gradient);

    const first = await start(plain, { w: noiseValue([5]) });
    for (const gradient of gradients.slice(0, 2)) await first.step(gradient);
    const { w } = await first.parameters.read();
    const second = await start(plain, { w: floats(w!, [5]) });
    const state = await stateOf(first.optimizer);
    await second.optimizer.moments.first.write(state.firstMoment);
    await second.optimizer.moments.second.write(state.secondMoment);
    second.optimizer.restore(state.steps);
    for (const gradient of gradients.slice(2)) await second.step(gradient);

    expect(await second.parameters.read()).toEqual(await whole.parameters.read());
    expect(await stateOf(second.optimizer)).toEqual(await stateOf(whole.optimizer));
  });
});

describe('clipping', () => {
  it('shortens what is too long and nothing else', () => {
    expect(clipFactor(4, 1)).toBe(0.25);
    expect(clipFactor(1, 1)).toBe(1);
    expect(clipFactor(0, 1)).toBe(1);
  });

  it('is off at 0', () => {
    expect(clipFactor(1e9, 0)).toBe(1);
  });
});
