/** Drawing a token from a distribution as a graph. Randomness is fed: one uniform number a row. */
import {
  add,
  cast,
  clip,
  gatherLast,
  gatherRows,
  less,
  matmul,
  maximum,
  minimum,
  mul,
  neg,
  pad,
  reduceMax,
  reduceSum,
  reshape,
  select,
  slice,
  sub,
  table,
  topValues,
} from '../graph/build.ts';
import { product, type Dim } from '../graph/shape.ts';
import type { Tensor } from '../graph/tensor.ts';

export interface Filters {
  /** Keep the k likeliest tokens; 0 keeps all. */
  readonly topK: number;
  /** Whether to keep only the likeliest tokens that together reach `topP`. */
  readonly nucleus: boolean;
}

/** Sets the probability of what the filters exclude to 0, without renormalising. */
export function filter(probabilities: Tensor, topP: Tensor, { topK, nucleus }: Filters): Tensor {
  const vocabulary = probabilities.shape[1] as number;
  let kept = probabilities;
  if (topK > 0 && topK < vocabulary) kept = atLeast(kept, slice(topValues(kept, topK), 1, topK - 1, topK));
  return nucleus ? atLeast(kept, nucleusThreshold(kept, topP)) : kept;
}

const atLeast = (probabilities: Tensor, threshold: Tensor) =>
  select(less(probabilities, threshold), 0, probabilities);

/** The smallest probability of the nucleus: of the tokens before which the mass is still below topP (Holtzman et al. 2020). */
function nucleusThreshold(probabilities: Tensor, topP: Tensor): Tensor {
  const sorted = topValues(probabilities, probabilities.shape[1] as number);
  const before = sub(cumulative(sorted), sorted);
  const wanted = mul(reduceSum(probabilities, [-1]), topP);
  return neg(reduceMax(neg(select(less(before, wanted), sorted, 1)), [-1]));
}

/** [n, n] ones on and above the diagonal: times it, a row becomes its running sum. */
function runningSum(n: number): Tensor {
  const ones = Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) <= i % n ? 1 : 0));
  return table(ones, [n, n]);
}

interface Blocks {
  /** [rows, count, size]: the row cut into blocks, zeros at the end. */
  readonly values: Tensor;
  readonly count: number;
  readonly size: number;
  /** [rows, count]: the mass of each block, and of all up to its end. */
  readonly mass: Tensor;
  readonly upTo: Tensor;
}

/** Blocks of about √n, so that running sums are two small products; the runtime's own is quadratic on GPUs. */
function cutIntoBlocks(values: Tensor): Blocks {
  const [rows, width] = values.shape as [Dim, number];
  const size = Math.ceil(Math.sqrt(width));
  const count = Math.ceil(width / size);
  const cut = reshape(pad(values, count * size - width, 0), [rows, count, size]);
  const mass = reshape(reduceSum(cut, [2]), [rows, count]);
  return { values: cut, count, size, mass, upTo: matmul(mass, runningSum(count)) };
}

function cumulative(values: Tensor): Tensor {
  const [rows, width] = values.shape as [Dim, number];
  const { values: cut, count, size, mass, upTo } = cutIntoBlocks(values);
  const flat = reshape(cut, [product([rows, count]), size]);
  const inside = reshape(matmul(flat, runningSum(size)), [rows, count, size]);
  const sums = add(inside, reshape(sub(upTo, mass), [rows, count, 1]));
  return slice(reshape(sums, [rows, count * size]), 1, 0, width);
}

/** Below every positive running sum, so that a draw of 0 still lands on a token with mass. */
const leastDraw = 1e-30;

/** The number of running sums below a draw: the position at which the sum first reaches it. */
function position(sums: Tensor, draw: Tensor): Tensor {
  const count = sums.shape[1] as number;
  const reachable = maximum(minimum(draw, slice(sums, 1, count - 1, count)), leastDraw);
  return clip(reduceSum(cast(less(sums, reachable), 'float32'), [-1]), 0, count - 1);
}

/**
 * One token a row by inverse transform, in two levels: first the block, then the token inside it.
 * probabilities [rows, vocabulary], not necessarily summing to 1; uniforms [rows, 1]; row numbers int32 [rows].
 */
export function draw(probabilities: Tensor, uniforms: Tensor, rowNumbers: Tensor): Tensor {
  const rows = probabilities.shape[0]!;
  const { values, count, size, mass, upTo } = cutIntoBlocks(probabilities);
  const wanted = mul(uniforms, slice(upTo, 1, count - 1, count));
  const block = position(upTo, wanted);
  const blockNumber = cast(block, 'int32');

  const before = sub(gatherLast(upTo, blockNumber), gatherLast(mass, blockNumber));
  const flatNumber = add(mul(rowNumbers, count), reshape(blockNumber, [rows]));
  const chosen = gatherRows(reshape(values, [product([rows, count]), size]), flatNumber);
  const inside = position(matmul(chosen, runningSum(size)), sub(wanted, before));
  return reshape(cast(add(mul(block, size), inside), 'int32'), [rows]);
}
