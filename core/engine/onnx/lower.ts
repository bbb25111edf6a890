import { add } from '../../graph/build.ts';
import { optimize } from '../../graph/optimize.ts';
import { sameShape } from '../../graph/shape.ts';
import type { Node, NodeOf, Tensor } from '../../graph/tensor.ts';
import { verify } from '../../graph/verify.ts';
import { topological } from '../../graph/walk.ts';
import type { ProgramSource, Provider } from '../engine.ts';
import { learnedSymbols, sourcesOf, type DeclaredInput, type DeclaredParameter } from '../sources.ts';
import { addRows, lowerNodes, nativeOps } from './lowering-rules.ts';
import { encodeModel, type GraphProto } from './proto.ts';
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

export interface LoweredInput extends DeclaredInput {
  readonly value: string;
}

export interface LoweredParameter extends DeclaredParameter {
  readonly value: string;
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

/** What `lower` encodes, with the tensors that its values stand for. */
export interface Written extends Omit<Lowered, 'model'> {
  readonly graph: GraphProto;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Checks a program, simplifies it and writes it as an ONNX model for a provider. */
export function lower(source: ProgramSource, provider: Provider): Lowered {
  const { graph, tensors: _, ...written } = write(source, provider);
  return { model: encodeModel(graph), ...written };
}

export function write({ outputs, gradients = {} }: ProgramSource, provider: Provider): Written {
  const named = { ...prefixed('output', outputs), ...prefixed('gradient', gradients) };
  verify(named);
  const optimized = optimize(named, nativeOps);
  const declared = sourcesOf(Object.values(named));
  const inputs = declared.inputs.map((input) => ({ ...input, value: inputValue(input) }));
  const parameters = declared.parameters.map((one) => ({ ...one, value: parameterValue(one) }));
  const writer = GraphWriter.forModel(provider, learnedSymbols(inputs));
  for (const { value, dtype, shape } of inputs) writer.input(value, dtype, shape);
  for (const { value, dtype, shape } of parameters) writer.input(value, dtype, shape);
  defineSources(Object.values(optimized), writer);

  const results = Object.keys(outputs).map((name): Result => [name, optimized[`output:${name}`]!]);
  const sums = Object.keys(gradients).map((name) => gradientOf(name, optimized[`gradient:${name}`]!));
  const writeAll = provider === 'webgpu' ? writeAccumulating : writeSeparately;
  const written = writeAll(results, sums, writer);
  const { tensors, derived } = writer;
  return { graph: writer.model(), tensors, inputs, parameters, derived, ...written };
}

const prefixed = (prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}:${name}`, tensor]));

const inputValue = ({ name }: { name: string }): string => `feed:${name}`;
const parameterValue = ({ group, name }: { group: string; name: string }): string => `set:${group}/${name}`;

function defineSources(tensors: readonly Tensor[], writer: GraphWriter): void {
  for (const node of topological(tensors)) {
    if (node.op === 'input') writer.define(node.outputs[0]!, inputValue(node.attributes));
    if (node.op === 'parameter') writer.define(node.outputs[0]!, parameterValue(node.attributes));
  }
}

type Result = readonly [name: string, tensor: Tensor];

/** The gradient of a parameter: the sum of a dense part and of scattered rows, as embeddings have them. */
interface Gradient {
  readonly name: string;
  readonly sum: Tensor;
  readonly dense: Tensor | undefined;
  readonly rows: readonly NodeOf<'scatterAddRows'>[];
}

const gradientOf = (name: string, sum: Tensor): Gradient => ({ name, sum, ...termsOf(sum) });

function termsOf(gradient: Tensor): Pick<Gradient, 'dense' | 'rows'> {
  const { node } = gradient;
  if (node.op === 'scatterAddRows') return { dense: undefined, rows: [node] };
  if (node.op !== 'add' || !node.inputs.every((x) => sameShape(x.shape, gradient.shape)))
    return { dense: gradient, rows: [] };
  const [a, b] = node.inputs.map(termsOf) as [ReturnType<typeof termsOf>, ReturnType<typeof termsOf>];
  return {
    dense: a.dense && b.dense ? add(a.dense, b.dense) : (a.dense ?? b.dense),
    rows: [...a.rows, ...b.rows],
  };
}

type WriteResults = (
  outputs: readonly Result[],
  gradients: readonly Gradient[],
  writer: GraphWriter,
) => Pick<Lowered, 'outputs' | 'gradients'>;

/** On the CPU the engine adds rows by itself, in order: ONNX Runtime's kernels are racy (ScatterND) or slow. */
const writeSeparately: WriteResults = (outputs, gradients, writer) => {
  const parts = gradients.flatMap(({ name, dense, rows }): Result[] => [
    ...(dense ? [[`dense ${name}`, dense] as const] : []),
    ...rows.flatMap(({ inputs: [updates, indices] }, i) => [
      [`updates ${i} ${name}`, updates!] as const,
      [`indices ${i} ${name}`, indices!] as const,
    ]),
  ]);
  const named = outputs.map(([name, tensor]): Result => [`output ${name}`, tensor]);
  const values = writeResults([...named, ...parts], writer);
  return {
    outputs: outputs.map(([name]) => ({ name, value: values.get(`output ${name}`)! })),
    gradients: gradients.map(({ name, sum, dense, rows }) => ({
      name,
      shape: sizes(sum),
      ...(dense ? { dense: values.get(`dense ${name}`)! } : {}),
      rows: rows.map((_, i) => ({
        updates: values.get(`updates ${i} ${name}`)!,
        indices: values.get(`indices ${i} ${name}`)!,
      })),
    })),
  };
};

/** On WebGPU the sum so far goes in and the new sum comes out. */
const writeAccumulating: WriteResults = (outputs, gradients, writer) => {
  const sums = latestFirst(gradients, ({ sum }) => sum).map((gradient) => accumulate(gradient, writer));
  const values = writeResults(outputs, writer);
  return { outputs: outputs.map(([name]) => ({ name, value: values.get(name)! })), gradients: sums };
};

function accumulate({ name, sum, dense, rows }: Gradient, writer: GraphWriter): LoweredGradient {
  const shape = sizes(sum);
  const before = writer.input(`sum:${name}`, 'float32', shape);
  lowerNodes([...(dense ? [dense] : []), ...rows.flatMap(({ inputs }) => inputs)], writer);
  let total = dense ? writer.node('Add', [before, writer.value(dense)]) : before;
  for (const { inputs, attributes } of rows) {
    const [updates, indices] = inputs.map((x) => writer.value(x)) as [string, string];
    total = addRows(total, inputs[0]!, { updates, indices }, attributes.unique, writer);
  }
  return { name, shape, before, dense: writer.result(total, 'float32'), rows: [] };
}

const sizes = ({ shape }: Tensor): number[] => shape.map(Number);

/** Results by name, in the order that needs the least memory. */
function writeResults(results: readonly Result[], writer: GraphWriter): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, tensor] of latestFirst(results, ([, tensor]) => tensor)) {
    lowerNodes([tensor], writer);
    values.set(name, writer.result(writer.value(tensor), tensor.dtype));
  }
  return values;
}

/**
 * ONNX Runtime computes results from the last written to the first. So what can be computed early, such as a loss and
 * the gradients of the last layers, is written last: otherwise all it is made from would be kept until the end.
 */
function latestFirst<T>(results: readonly T[], tensorOf: (result: T) => Tensor): T[] {
  const depths = new Map<Node, number>();
  for (const node of topological(results.map(tensorOf)))
    depths.set(node, 1 + Math.max(0, ...node.inputs.map((x) => depths.get(x.node)!)));
  const depth = (result: T): number => depths.get(tensorOf(result).node)!;
  return results.toSorted((a, b) => depth(b) - depth(a));
}
