import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { lower } from '../../../../core/engine/onnx/lower.ts';
import { add, exp, input, matmul, mul, parameter, reduceSum } from '../../../../core/graph/build.ts';
import { gradientsOf } from '../../../../core/graph/gradient.ts';
import type { Tensor as Symbolic } from '../../../../core/graph/tensor.ts';
import { noise } from '../../../support/engine.ts';
import { folderOf } from '../../../support/folders.ts';

const width = 4;

/** The loss of three blocks x + exp(x·W), and its gradients with the first two computed again. */
function threeBlocks() {
  const weights = new Map(['a', 'b', 'c'].map((name) => [name, parameter('policy', name, [width, width])]));
  const boundaries: Symbolic[] = [];
  let x = mul(input('x', 'float32', [width, width]), 2);
  for (const weight of weights.values()) {
    boundaries.push(x);
    x = add(x, exp(matmul(x, weight)));
  }
  const loss = reduceSum(x);
  return { outputs: { loss }, gradients: gradientsOf(loss, weights, { recompute: boundaries }) };
}

/** The kernels that ONNX Runtime runs for a program, in order. */
async function kernelsRun(folder: string): Promise<string[]> {
  const lowered = lower(threeBlocks(), 'cpu');
  const session = await InferenceSession.create(lowered.model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
  });
  const sources = [...lowered.inputs, ...lowered.parameters].map(({ value }) => value);
  const square = () => new Tensor('float32', noise(width * width), [width, width]);
  await session.run(Object.fromEntries(sources.map((value) => [value, square()])));
  session.endProfiling();
  await session.release();
  const [profile] = readdirSync(folder);
  const events = JSON.parse(readFileSync(join(folder, profile!), 'utf8')) as {
    name: string;
    ts: number;
    args?: { op_name?: string };
  }[];
  return events
    .filter(({ name }) => name.endsWith('_kernel_time'))
    .toSorted((a, b) => a.ts - b.ts)
    .map(({ args }) => args!.op_name!);
}

test('ONNX Runtime computes a block again, and not before its gradient is there', async () => {
  const kernels = await kernelsRun(folderOf({}));
  const places = (op: string) => kernels.flatMap((other, place) => (other === op ? [place] : []));
  const [blocks, waits] = [places('Exp'), places('Less')];
  expect(blocks).toHaveLength(5);
  expect(waits).toHaveLength(2);
  // Three blocks forward; then each wait is over, and its block follows, before the next begins.
  expect([blocks[2]! < waits[0]!, waits[0]! < blocks[3]!]).toEqual([true, true]);
  expect([blocks[3]! < waits[1]!, waits[1]! < blocks[4]!]).toEqual([true, true]);
});
