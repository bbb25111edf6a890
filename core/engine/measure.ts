/** What a device does in about a second, measured through the engine that trains on it. */
import { add, input, matmul, parameter, reduceSum } from '../graph/build.ts';
import type { Engine, Feeds, Program, TensorSet } from './engine.ts';

export interface Measurement {
  /** Matrix products of float32 operands, 10⁹ operations a second (2n³ a product). */
  readonly gigaflops: number;
  /** Side of the matrices. */
  readonly size: number;
  /**
   * An update of resident tensors that reads two numbers and writes one, 10⁹ bytes a second; of CUDA, whose resident
   * tensors are there, in the computer's memory.
   */
  readonly gigabytesPerSecond: number;
  /** Time of a run that computes next to nothing. */
  readonly emptyRunMilliseconds: number;
}

/** Each of the three takes about so many milliseconds. */
const BUDGET = 350;

/** Takes about a second, compiling included rather more; leaves nothing on the engine. */
export async function measureEngine(engine: Engine): Promise<Measurement> {
  const empty = await emptyRun(engine);
  const { gigaflops, size } = await products(engine);
  const gigabytesPerSecond = await updates(engine, empty);
  await empty.program.dispose();
  return { gigaflops, size, gigabytesPerSecond, emptyRunMilliseconds: empty.milliseconds };
}

interface Empty {
  readonly program: Program;
  readonly milliseconds: number;
}

const nothing: Feeds = { x: { data: Float32Array.of(1), shape: [1] } };

async function emptyRun(engine: Engine): Promise<Empty> {
  const program = await engine.compile({ outputs: { y: add(input('x', 'float32', [1]), 1) } });
  const times = await repeat(() => program.run(nothing), BUDGET, 1000);
  return { program, milliseconds: times.toSorted((a, b) => a - b)[times.length >> 1]! };
}

/** Products of one run, each of the one before: what crosses to the device and back weighs less then. */
const CHAIN = 8;
const sizes = [256, 512, 1024, 2048, 4096];

/** The best of the sizes of which a run fits the budget. */
async function products(engine: Engine): Promise<{ gigaflops: number; size: number }> {
  let best = { gigaflops: 0, size: 0 };
  for (const size of sizes) {
    const { set, program } = await chain(engine, size);
    const times = await repeat(() => program.run({}, { sets: { matrices: set } }), BUDGET / 4, 100);
    await program.dispose();
    set.dispose();
    const fastest = Math.min(...times);
    const gigaflops = (CHAIN * 2 * size ** 3) / fastest / 1e6;
    if (gigaflops > best.gigaflops) best = { gigaflops, size };
    // The next takes about eight times as long.
    if (fastest * 8 > BUDGET) break;
  }
  return best;
}

/** Every entry is 1/n, and so is every entry of the product of two such matrices: nothing grows or vanishes. */
async function chain(engine: Engine, size: number): Promise<{ set: TensorSet; program: Program }> {
  const shape = [size, size];
  const names = ['a', 'b'];
  const set = engine.allocate(names.map((name) => ({ name, shape })));
  const values = new Float32Array(size * size).fill(1 / size);
  await set.write(Object.fromEntries(names.map((name) => [name, values])));
  let product = parameter('matrices', 'a', shape);
  for (let i = 0; i < CHAIN; i++) product = matmul(product, parameter('matrices', 'b', shape));
  return { set, program: await engine.compile({ outputs: { total: reduceSum(product) } }) };
}

/** The set that is updated: 256 MiB, more than caches hold, in tensors that every device can bind. */
const tensors = ['w', 'x', 'y', 'z'].map((name) => ({ name, shape: [2 ** 24] }));
const BYTES = tensors.length * 2 ** 24 * 3 * 4;

async function updates(engine: Engine, { program }: Empty): Promise<number> {
  const target = engine.allocate(tensors);
  const source = target.sibling();
  // A graphics processor may still be at it when a call returns: what comes back from it comes after all before.
  const update = async () => {
    await engine.addScaled(target, source, 0.5);
    await program.run(nothing);
  };
  const times = await repeat(update, BUDGET, 100);
  for (const set of [target, source]) set.dispose();
  return BYTES / Math.min(...times) / 1e6;
}

/** Milliseconds of each time, the first left out: it compiles and allocates. */
async function repeat(
  task: () => Promise<unknown>,
  budget: number,
  most: number,
): Promise<readonly number[]> {
  await task();
  const times: number[] = [];
  const start = performance.now();
  do {
    const before = performance.now();
    await task();
    times.push(performance.now() - before);
  } while (times.length < most && performance.now() - start < budget);
  return times;
}
