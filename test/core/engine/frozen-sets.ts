/** Sets that store float16: what every engine that has them must do, and how those that lack them refuse. */
import { expect, test } from 'vitest';
import { EngineError } from '../../../core/contract/errors.ts';
import type { Engine, TensorSet } from '../../../core/engine/engine.ts';
import { cast, gatherRows, input, matmul, mul, parameter, reduceSum } from '../../../core/graph/build.ts';
import { gradientsOf } from '../../../core/graph/gradient.ts';
import { filledSet, floats, integers } from '../../support/engine.ts';

const specs = [
  { name: 'matrix', shape: [3, 2], dtype: 'float16' },
  { name: 'gain', shape: [2] },
] as const;

const matrix = Float32Array.of(1, 2, 3, 0.1, -5, 65504);
/** What float16 makes of it: 11 bits a number. */
const stored = Float32Array.of(1, 2, 3, 0.0999755859375, -5, 65504);
const gain = Float32Array.of(0.1, 7);

export function frozenSetTests(opened: () => Engine): void {
  const frozen = (): TensorSet => opened().allocate(specs);

  /** Skips what needs float16 where the device has none: there `allocate` must say so. */
  const withFloat16 = (name: string, body: (set: TensorSet) => Promise<unknown>) =>
    test(name, async () => {
      if (opened().float16) return void (await body(frozen()));
      expect(frozen).toThrow(EngineError);
      expect(frozen).toThrow("cannot store float16; store 'matrix' and 1 more as float32");
    });

  withFloat16('start as zeros and give back what was written, rounded', async (set) => {
    expect(await set.read()).toEqual({ matrix: new Float32Array(6), gain: new Float32Array(2) });
    await set.write({ matrix });
    await set.write({ gain });
    expect(await set.read()).toEqual({ matrix: stored, gain });
    expect(await set.read(['gain'])).toEqual({ gain });
    set.dispose();
    await expect(set.read()).rejects.toThrow("'matrix' and 1 more was used after it was disposed");
  });

  withFloat16('are parameters that programs cast, gather and differentiate through', async (set) => {
    await set.write({ matrix, gain });
    const half = parameter('base', 'matrix', [3, 2], 'float16');
    const weight = parameter('policy', 'weight', [2, 1]);
    const weighted = mul(cast(half, 'float32'), parameter('base', 'gain', [2]));
    const loss = reduceSum(matmul(weighted, weight));
    const rows = cast(gatherRows(half, input('ids', 'int32', ['n'])), 'float32');
    const program = await opened().compile({
      outputs: { rows, loss },
      gradients: gradientsOf(loss, new Map([['weight', weight]])),
    });
    const policy = await filledSet(opened(), { weight: floats([10, 0], [2, 1]) });
    const gradients = policy.sibling();
    const feeds = { ids: integers([2, 0]) };
    const values = await program.run(feeds, { sets: { base: set, policy }, gradients });
    expect(values['rows']).toEqual(floats([-5, 65504, 1, 2], [2, 2]));
    expect(values['loss']!.data[0]).toBeCloseTo(10 * 0.1 * (1 + 3 - 5), 6);
    const { weight: derived } = await gradients.read();
    expect(derived![0]).toBeCloseTo(-0.1, 6);
    expect(derived![1]! / (7 * (2 + stored[3]! + 65504))).toBeCloseTo(1, 6);
    await program.dispose();
  });

  withFloat16('are changed by nothing but write', async (set) => {
    const engine = opened();
    const other = engine.allocate([{ name: 'gain', shape: [2] }]);
    const message = "'matrix' and 1 more stores float16, so programs can read it and nothing can change it";
    expect(() => set.sibling()).toThrow(message);
    const refused = [
      () => engine.zero(set),
      () => engine.norm(set),
      () => engine.addScaled(set, set, 1),
      () => engine.addScaled(other, set, 1),
      () => engine.lerp(set, set, 1),
      () =>
        engine.adamw({
          ...{ parameters: set, gradients: set, firstMoment: set, secondMoment: set, step: 1 },
          ...{ learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, gradientScale: 1 },
        }),
    ];
    for (const change of refused) await expect((async () => change())()).rejects.toThrow(message);
  });

  withFloat16('hold no number beyond float16, and take nothing of a write that does', async (set) => {
    await set.write({ matrix, gain });
    const beyond = Float32Array.of(0, 0, 0, 0, 0, 1e5);
    await expect(set.write({ gain: new Float32Array(2), matrix: beyond })).rejects.toThrow(
      'matrix holds 100000, beyond what F16 can store',
    );
    expect(await set.read()).toEqual({ matrix: stored, gain });
  });

  withFloat16('must be of the type that a program declares', async (set) => {
    const run = async (dtype: 'float32' | 'float16', of: TensorSet) => {
      const y = cast(parameter('base', 'matrix', [3, 2], dtype), 'float32');
      const program = await opened().compile({ outputs: { y } });
      return program.run({}, { sets: { base: of } });
    };
    await expect(run('float32', set)).rejects.toThrow(
      "'matrix' is float32 in the program but float16 in the set of 'base'",
    );
    await expect(run('float16', opened().allocate([{ name: 'matrix', shape: [3, 2] }]))).rejects.toThrow(
      "'matrix' is float16 in the program but float32 in the set of 'base'",
    );
  });
}
