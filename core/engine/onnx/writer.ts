import type { DType, OpAttributes, Tensor } from '../../graph/tensor.ts';
import { showShape, symbolsOf, type Dim, type Shape } from '../../graph/shape.ts';
import { GraphError } from '../../contract/errors.ts';
import type { Provider } from '../engine.ts';
import type { RotaryTable } from '../host-tables.ts';
import {
  elementTypes,
  ints,
  valueInfo,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './proto.ts';
import { toHalves } from './tensors.ts';

/** An input the engine makes by itself at every run, once the fed shapes have given the symbols their values. */
export type Derived =
  | { readonly kind: 'shape'; readonly name: string; readonly shape: Shape }
  | { readonly kind: 'causalMask'; readonly name: string; readonly length: Dim }
  | ({ readonly kind: 'cosine' | 'sine'; readonly name: string } & RotaryTable);

/** What a model's graph shares with the loop bodies inside it. */
interface Model {
  readonly provider: Provider;
  /** The symbols that fed shapes give a value. */
  readonly symbols: ReadonlySet<string>;
  readonly inputs: ValueInfoProto[];
  readonly derived: Map<string, Derived>;
  /** What values stand for, those of loop bodies too. */
  readonly tensors: Map<string, Tensor>;
  names: number;
}

/** Writes one ONNX graph: the model's own, or the body of a loop, which sees the names of the graph around it. */
export class GraphWriter {
  readonly #model: Model;
  readonly #around: GraphWriter | undefined;
  readonly #values = new Map<Tensor, string>();
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #constants = new Map<string, string>();
  readonly #computed = new Set<string>();
  readonly #transposed = new Map<string, string>();
  readonly #outputs: ValueInfoProto[] = [];

  private constructor(model: Model, around?: GraphWriter) {
    this.#model = model;
    this.#around = around;
  }

  static forModel(provider: Provider, symbols: ReadonlySet<string>): GraphWriter {
    return new GraphWriter({
      provider,
      symbols,
      inputs: [],
      derived: new Map(),
      tensors: new Map(),
      names: 0,
    });
  }

  /** A writer for the body of a loop in this graph. */
  forBody(): GraphWriter {
    return new GraphWriter(this.#model, this);
  }

  get provider(): Provider {
    return this.#model.provider;
  }

  get derived(): readonly Derived[] {
    return [...this.#model.derived.values()];
  }

  get tensors(): ReadonlyMap<string, Tensor> {
    return this.#model.tensors;
  }

  /** The graph that a tensor's value is in: this one, or one around it. */
  home(tensor: Tensor): GraphWriter {
    return this.#values.has(tensor) || !this.#around ? this : this.#around.home(tensor);
  }

  /** A matrix of this graph, transposed once for all that ask. */
  transposed(value: string): string {
    const existing = this.#transposed.get(value) ?? this.node('Transpose', [value], [ints('perm', [1, 0])]);
    this.#transposed.set(value, existing);
    return existing;
  }

  has(tensor: Tensor): boolean {
    return this.#find(tensor) !== undefined;
  }

  define(tensor: Tensor, value: string): void {
    this.#values.set(tensor, value);
    this.#model.tensors.set(value, tensor);
  }

  /** The name of a tensor's value; scalars are written anew in every graph that uses them. */
  value(tensor: Tensor): string {
    const { node } = tensor;
    if (node.op === 'scalar') return this.scalar(node.attributes.value, node.attributes.dtype);
    return this.#find(tensor)!;
  }

  /** Declares an input of the model. */
  input(name: string, dtype: DType, shape: Shape): string {
    this.#model.inputs.push(valueInfo(name, dtype, shape));
    return name;
  }

  freshName(): string {
    return `t${this.#model.names++}`;
  }

  /** Adds a node and returns the names of its outputs. */
  nodes(
    opType: string,
    input: readonly string[],
    attribute: readonly AttributeProto[] = [],
    outputs = 1,
    domain = '',
  ): string[] {
    const output = Array.from({ length: outputs }, () => this.freshName());
    output.forEach((name) => this.#computed.add(name));
    this.#nodes.push({ opType, input, output, attribute, domain });
    return output;
  }

  /** Adds a node of one output. */
  node(
    opType: string,
    input: readonly string[],
    attribute: readonly AttributeProto[] = [],
    domain = '',
  ): string {
    return this.nodes(opType, input, attribute, 1, domain)[0]!;
  }

  scalar(value: number, dtype: DType): string {
    return this.#constant(dtype, [value], []);
  }

  /** A vector of int64, as ONNX wants axes, bounds and shapes. */
  vector(values: readonly number[]): string {
    return this.#constant('int64', values, [values.length]);
  }

  table(data: Float32Array, shape: readonly number[]): string {
    return this.#initializer('float32', data, shape);
  }

  causalMask(length: Dim): string {
    this.#requireKnown([length], 'a causal mask');
    return this.#derive({ kind: 'causalMask', name: `mask:${length}`, length }, 'float32', [length, length]);
  }

  /** Names of the cosines and of the sines. */
  rotaryTable({ name, ...table }: OpAttributes['rotaryTable']): string[] {
    const { spans, frequencies, scale } = table;
    this.#requireKnown(spans, 'a table of angles');
    const key = `${spans.join('+')}:${scale}:${frequencies.join()}`;
    return (['cosine', 'sine'] as const).map((kind) =>
      this.#derive({ kind, name: `${kind}:${key}`, ...table }, 'float32', [name, frequencies.length]),
    );
  }

  /** An int64 vector with the sizes of a shape, fed where they vary from run to run. */
  shape(shape: Shape): string {
    if (shape.every((dim) => typeof dim === 'number')) return this.vector(shape);
    this.#requireKnown(shape, `a tensor of ${showShape(shape)}`);
    return this.#derive({ kind: 'shape', name: `shape:${shape.join()}`, shape }, 'int64', [shape.length]);
  }

  /** Whether fed shapes give every symbol of a shape its value. */
  knows(shape: Shape): boolean {
    return symbolsOf(shape).every((symbol) => this.#model.symbols.has(symbol));
  }

  /** Makes a value a result of this graph: under its own name where it has one to give, else as a copy. */
  result(value: string, dtype: DType): string {
    const own = this.#computed.delete(value) ? value : this.node('Identity', [value]);
    this.#computed.delete(own);
    this.#outputs.push(valueInfo(own, dtype));
    return own;
  }

  model(): GraphProto {
    return this.#graph(this.#model.inputs);
  }

  body(inputs: readonly ValueInfoProto[]): GraphProto {
    return this.#graph(inputs);
  }

  #graph(input: readonly ValueInfoProto[]): GraphProto {
    return {
      name: 'graph',
      node: this.#nodes,
      initializer: this.#initializers,
      input,
      output: this.#outputs,
    };
  }

  #find(tensor: Tensor): string | undefined {
    return this.#values.get(tensor) ?? (this.#around ? this.#around.#find(tensor) : undefined);
  }

  #constant(dtype: DType, values: readonly number[], shape: readonly number[]): string {
    const key = `${dtype}:${values.map((value) => (Object.is(value, -0) ? '-0' : value)).join()}:${shape.length}`;
    const existing = this.#constants.get(key);
    if (existing !== undefined) return existing;
    const name = this.#initializer(dtype, hostArrays[dtype](values), shape);
    this.#constants.set(key, name);
    return name;
  }

  #initializer(dtype: DType, data: ArrayBufferView, dims: readonly number[]): string {
    const name = this.freshName();
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ name, dims, dataType: elementTypes[dtype], rawData });
    return name;
  }

  #derive(derived: Derived, dtype: DType, shape: Shape): string {
    const { name } = derived;
    if (!this.#model.derived.has(name)) {
      this.#model.derived.set(name, derived);
      this.input(name, dtype, shape);
    }
    return name;
  }

  #requireKnown(shape: Shape, what: string): void {
    const unknown = symbolsOf(shape).filter((symbol) => !this.#model.symbols.has(symbol));
    if (unknown.length > 0)
      throw new GraphError(`${what} needs the value of '${unknown.join("', '")}', which no fed shape gives`);
  }
}

const hostArrays: Record<DType, (values: readonly number[]) => ArrayBufferView> = {
  float32: (values) => Float32Array.from(values),
  float16: (values) => toHalves(Float32Array.from(values), 'a constant'),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  bool: (values) => Uint8Array.from(values),
};
