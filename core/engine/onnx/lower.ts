import { add } from '../../graph/build.ts';
import { optimize } from '../../graph/optimize.ts';
import { sameShape, symbolsOf, type Shape } from '../../graph/shape.ts';
import type { DType, NodeOf, Tensor } from '../../graph/tensor.ts';
import { verify } from '../../graph/verify.ts';
import { topological } from '../../graph/walk.ts';
import type { ProgramSource, Provider } from '../engine.ts';
import { addRows, lowerNodes, nativeOps } from './lowering-rules.ts';
import { encodeModel } from './proto.ts';
import { GraphWriter, type Derived } from './writer.ts';

/** A graph as a model, and what each of its inputs and outputs is; `value` is the name inside the model. */
export interface Lowered {
  readonly model: Uint8Array;
  readonly inputs: readonly LoweredInput[];
  readonly parameters: readonly LoweredParameter[];
  readonly derived: readonly Derived[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  readonly gradients: readonly LoweredGradient[];
}

export interface LoweredInput {
  readonly value: string;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface LoweredParameter {
  readonly value: string;
  readonly group: string;
  readonly name: string;
  readonly shape: readonly number[];
}

/** The gradient of a parameter: the sum of a dense part and of rows to be added at their indices. */
export interface LoweredGradient {
  readonly name: string;
  readonly shape: readonly number[];
  /** On WebGPU the sum so far, to which everything is added in the graph. */
  readonly before?: string;
  readonly dense?: string;
  readonly rows: readonly { readonly updates: string; readonly indices: string }[];
}

/** Checks a program, simplifies it and writes it as an ONNX model for a provider. */
export function lower({ outputs, gradients = {} }: ProgramSource, provider: Provider): Lowered {
  const named = { ...prefixed('output', outputs), ...prefixed('gradient', gradients) };
  verify(named);
  const optimized = optimize(named, nativeOps);
  const { inputs, parameters } = sources(Object.values(named));
  const writer = GraphWriter.forModel(provider, learnedSymbols(inputs));
  for (const { value, dtype, shape } of inputs) writer.input(value, dtype, shape);
  for (const { value, shape } of parameters) writer.input(value, 'float32', shape);
  defineSources(Object.values(optimized), writer);

  const lowerGradient = provider === 'cpu' ? separateGradient : accumulateGradient;
  const lowered = {
    outputs: Object.keys(outputs).map((name) => ({
      name,
      value: result(optimized[`output:${name}`]!, writer),
    })),
    gradients: Object.keys(gradients).map((name) =>
      lowerGradient(name, optimized[`gradient:${name}`]!, writer),
    ),
  };
  return { model: encodeModel(writer.model()), inputs, parameters, derived: writer.derived, ...lowered };
}

const prefixed = (prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}:${name}`, tensor]));

const inputValue = ({ name }: { name: string }): string => `feed:${name}`;
const parameterValue = ({ group, name }: { group: string; name: string }): string => `set:${group}/${name}`;

/** Everything the graph as written wants to be given, even where the optimizer finds it is not needed. */
function sources(tensors: readonly Tensor[]): { inputs: LoweredInput[]; parameters: LoweredParameter[] } {
  const inputs = new Map<string, LoweredInput>();
  const parameters = new Map<string, LoweredParameter>();
  for (const node of topological(tensors)) {
    if (node.op === 'input') {
      const value = inputValue(node.attributes);
      inputs.set(value, { value, ...node.attributes });
    }
    if (node.op === 'parameter') {
      const value = parameterValue(node.attributes);
      parameters.set(value, { value, ...node.attributes, shape: node.attributes.shape.map(Number) });
    }
  }
  return { inputs: [...inputs.values()], parameters: [...parameters.values()] };
}

function defineSources(tensors: readonly Tensor[], writer: GraphWriter): void {
  for (const node of topological(tensors)) {
    if (node.op === 'input') writer.define(node.outputs[0]!, inputValue(node.attributes));
    if (node.op === 'parameter') writer.define(node.outputs[0]!, parameterValue(node.attributes));
  }
}

/** The symbols to which the shapes of the inputs give values, by the rule of `bindShape`. */
function learnedSymbols(inputs: readonly LoweredInput[]): Set<string> {
  const known = new Set<string>();
  const dims = inputs.flatMap(({ shape }) => shape);
  for (let before = -1; before < known.size;) {
    before = known.size;
    for (const dim of dims) {
      const unknown = symbolsOf([dim]).filter((symbol) => !known.has(symbol));
      if (unknown.length === 1) known.add(unknown[0]!);
    }
  }
  return known;
}

function result(tensor: Tensor, writer: GraphWriter): string {
  lowerNodes([tensor], writer);
  return writer.result(writer.value(tensor), tensor.dtype);
}

interface GradientTerms {
  readonly dense: readonly Tensor[];
  readonly rows: readonly NodeOf<'scatterAddRows'>[];
}

/** Takes a sum apart into its terms, scattered rows (as embeddings and cross-entropies have) by themselves. */
function termsOf(gradient: Tensor): GradientTerms {
  const { node } = gradient;
  if (node.op === 'scatterAddRows') return { dense: [], rows: [node] };
  if (node.op !== 'add' || !node.inputs.every((x) => sameShape(x.shape, gradient.shape)))
    return { dense: [gradient], rows: [] };
  const [a, b] = node.inputs.map(termsOf) as [GradientTerms, GradientTerms];
  return { dense: [...a.dense, ...b.dense], rows: [...a.rows, ...b.rows] };
}

const sum = (terms: readonly Tensor[]): Tensor => terms.reduce((total, term) => add(total, term));

const sizes = (gradient: Tensor): number[] => gradient.shape.map(Number);

/** On the CPU the engine adds rows by itself, in order: ONNX Runtime's kernels are racy (ScatterND) or slow. */
function separateGradient(name: string, gradient: Tensor, writer: GraphWriter): LoweredGradient {
  const { dense, rows } = termsOf(gradient);
  return {
    name,
    shape: sizes(gradient),
    ...(dense.length > 0 ? { dense: result(sum(dense), writer) } : {}),
    rows: rows.map(({ inputs: [updates, indices] }) => ({
      updates: result(updates!, writer),
      indices: result(indices!, writer),
    })),
  };
}

/** On WebGPU the sum so far goes in and the new sum comes out. */
function accumulateGradient(name: string, gradient: Tensor, writer: GraphWriter): LoweredGradient {
  const shape = sizes(gradient);
  const before = writer.input(`sum:${name}`, 'float32', shape);
  const { dense, rows } = termsOf(gradient);
  lowerNodes([...dense, ...rows.flatMap(({ inputs }) => inputs)], writer);
  let total = dense.reduce((so, term) => writer.node('Add', [so, writer.value(term)]), before);
  for (const { inputs, attributes } of rows) {
    const [updates, indices] = inputs.map((x) => writer.value(x)) as [string, string];
    total = addRows(total, inputs[0]!, { updates, indices }, attributes.unique, writer);
  }
  return { name, shape, before, dense: writer.result(total, 'float32'), rows: [] };
}
