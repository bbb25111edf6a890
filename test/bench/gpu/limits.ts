/** What a device does at most through the engine; `peers/limits.py` asks PyTorch for the same. */
import type { Engine } from '../../../core/engine/engine.ts';
import { matmul, parameter, reduceSum } from '../../../core/graph/build.ts';
import { median } from '../benchmark.ts';
import { roughNoise } from '../models.ts';

/** A chain of so many pairs x ← (x·a)·b with x [m, k], a [k, n] and b [n, k]. */
export type Chain = readonly [m: number, k: number, n: number, pairs: number];

/** Seconds that a measurement takes. */
const BUDGET = 1;

/** 10⁹ operations a second. */
export async function productRate(engine: Engine, [m, k, n, pairs]: Chain): Promise<number> {
  const shapes = { x: [m, k], a: [k, n], b: [n, k] } as const;
  const specs = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  const set = engine.allocate(specs);
  // Products of such matrices neither grow nor vanish.
  for (const { name, shape } of specs)
    await set.write({ [name]: roughNoise(shape[0] * shape[1], 1 / Math.sqrt(shape[0])) });
  const factor = (name: keyof typeof shapes) => parameter('factors', name, shapes[name]);
  let x = factor('x');
  for (let i = 0; i < pairs; i++) x = matmul(matmul(x, factor('a')), factor('b'));
  const program = await engine.compile({ outputs: { total: reduceSum(x) } });

  const seconds = await laterMedian(() => program.run({}, { sets: { factors: set } }));
  await program.dispose();
  set.dispose();
  return (4 * m * k * n * pairs) / seconds / 1e9;
}

/** Of the later half of the runs that fit: a card that idled is slow at first. */
async function laterMedian(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let total = 0; times.length < 6 || total < BUDGET; total += times.at(-1)!) {
    const began = performance.now();
    await run();
    times.push((performance.now() - began) / 1000);
  }
  return median(times.slice(times.length >> 1));
}
