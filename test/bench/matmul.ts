/** How much of the machine a training step uses: its rate of floating-point operations against a plain product's. */
import { matmul, parameter, slice } from '../../core/graph/build.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { medianSeconds, type Benchmark } from './benchmark.ts';
import { randomTokens, starter, withEngine } from './models.ts';
import { trainingOperations } from './operations.ts';
import { stepSeconds, gpt2Size, type SftSize } from './sft.ts';

const stepOperations = ({ config, batch, length }: SftSize): number =>
  batch * trainingOperations(config, length, length - 1);

/** Rows, inner dimension and columns: those of the step's layers, and square ones. */
const products = [
  [1024, 768, 3072],
  [1024, 3072, 768],
  [1024, 1024, 1024],
  [2048, 2048, 2048],
] as const;

/** The best of several sizes. */
const plainProduct = (): Promise<number> =>
  withEngine(async (engine) => {
    const rates: number[] = [];
    for (const sizes of products) rates.push(await productRate(engine, sizes));
    return Math.max(...rates);
  });

/** GFLOP/s of one product, of which one row is returned so that the time is not that of copying results. */
async function productRate(
  engine: Engine,
  [rows, inner, columns]: (typeof products)[number],
): Promise<number> {
  const a = parameter('factors', 'a', [rows, inner]);
  const b = parameter('factors', 'b', [inner, columns]);
  const program = await engine.compile({ outputs: { row: slice(matmul(a, b), 0, 0, 1) } });
  const factors = engine.allocate([
    { name: 'a', shape: [rows, inner] },
    { name: 'b', shape: [inner, columns] },
  ]);
  await factors.write({ a: noise(rows * inner, 'a'), b: noise(inner * columns, 'b') });
  const seconds = await medianSeconds(() => program.run({}, { sets: { factors } }), {
    warmUp: 3,
    repeats: 15,
  });
  await program.dispose();
  factors.dispose();
  return (2 * rows * inner * columns) / seconds / 1e9;
}

/** Numbers in [−1, 1): zeros and denormals have speeds of their own. */
const noise = (count: number, name: string): Float32Array =>
  Float32Array.from(randomTokens(starter, count, name), (token) => token / 512 - 1);

export const matmulEfficiency: Benchmark = {
  name: 'matmul-efficiency',
  unit: 'GFLOP/s',
  target: 0.6,
  ours: async () => stepOperations(gpt2Size) / (await stepSeconds(gpt2Size)) / 1e9,
  peer: { name: 'plain MatMul', python: false, measure: plainProduct },
};
