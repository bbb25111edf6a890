/**
 * Arithmetic on whole tensor sets as graphs. Engines whose memory no kernel of ours can reach run them as they are;
 * the others are tested against them. Parameters come in groups named after the sets; what replaces a tensor is
 * the output `group/name`.
 */
import {
  add,
  cast,
  div,
  expand,
  input,
  mul,
  parameter,
  reduceSum,
  reshape,
  sqrt,
  square,
  sub,
} from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { AdamWSets, AdamWUpdate, Feeds, TensorSpec } from './engine.ts';

type Graph = Record<string, Tensor>;

const factor = (name: string): Tensor => input(name, 'float32', []);

const eachTensor = (specs: readonly TensorSpec[], graph: (spec: TensorSpec) => Graph): Graph =>
  Object.assign({}, ...specs.map(graph)) as Graph;

/** The value is fed: a constant would be stored in the program in full size. */
export const fillGraph = (specs: readonly TensorSpec[]): Graph =>
  eachTensor(specs, ({ name, shape, dtype }) => ({
    [`target/${name}`]: expand(cast(factor('value'), dtype ?? 'float32'), shape),
  }));

export const addScaledGraph = (specs: readonly TensorSpec[]): Graph =>
  eachTensor(specs, ({ name, shape }) => {
    const [target, source] = [parameter('target', name, shape), parameter('source', name, shape)];
    return { [`target/${name}`]: add(target, mul(source, factor('scale'))) };
  });

export const lerpGraph = (specs: readonly TensorSpec[]): Graph =>
  eachTensor(specs, ({ name, shape }) => {
    const [target, source] = [parameter('target', name, shape), parameter('source', name, shape)];
    return { [`target/${name}`]: add(target, mul(sub(source, target), factor('weight'))) };
  });

/** Σ x², summed by rows first: a reduction to one number runs on few of a device's cores. */
export function sumOfSquaresGraph(specs: readonly TensorSpec[]): { total: Tensor } {
  const sums = specs.map(({ name, shape }) => {
    const squares = square(parameter('target', name, shape));
    const rows = shape.length > 1 ? reduceSum(squares, [-1]) : squares;
    return reshape(reduceSum(rows), []);
  });
  return { total: sums.reduce((total, sum) => add(total, sum)) };
}

/** What the host works out for a step in float64, bias corrections folded in. */
export function adamwFactors(update: Omit<AdamWUpdate, keyof AdamWSets>) {
  const { step, learningRate, beta1, beta2, epsilon, weightDecay, gradientScale } = update;
  return {
    gradientScale,
    oneMinusBeta1: 1 - beta1,
    beta2,
    oneMinusBeta2: 1 - beta2,
    keep: 1 - learningRate * weightDecay,
    rate: learningRate / (1 - beta1 ** step),
    spread: 1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
  };
}

/** m ← m + (1 − β₁)(s·g − m),  v ← β₂v + (1 − β₂)(s·g)²,  p ← keep·p − rate·m / (√v·spread + ε) */
export const adamwGraph = (specs: readonly TensorSpec[]): Graph =>
  eachTensor(specs, ({ name, shape }) => {
    const of = (group: string) => parameter(group, name, shape);
    const gradient = mul(of('gradients'), factor('gradientScale'));
    const before = of('firstMoment');
    const mean = add(before, mul(sub(gradient, before), factor('oneMinusBeta1')));
    const fresh = mul(square(gradient), factor('oneMinusBeta2'));
    const variance = add(mul(of('secondMoment'), factor('beta2')), fresh);
    const deviation = add(mul(sqrt(variance), factor('spread')), factor('epsilon'));
    const step = div(mul(mean, factor('rate')), deviation);
    return {
      [`parameters/${name}`]: sub(mul(of('parameters'), factor('keep')), step),
      [`firstMoment/${name}`]: mean,
      [`secondMoment/${name}`]: variance,
    };
  });

/** Factors as the graphs take them. */
export const scalarFeeds = (factors: Readonly<Record<string, number>>): Feeds =>
  Object.fromEntries(
    Object.entries(factors).map(([name, value]) => [name, { data: Float32Array.of(value), shape: [] }]),
  );
