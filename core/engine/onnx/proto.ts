/** The part of the ONNX model format that the lowering writes (onnx.proto, field numbers as there). */
import protobuf from 'protobufjs/light.js';
import type { DType } from '../../graph/tensor.ts';

export interface TensorProto {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData: Uint8Array;
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly g?: GraphProto;
  readonly ints?: readonly number[];
}

export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly AttributeProto[];
}

type DimensionProto = { readonly dimValue: number } | { readonly dimParam: string } | Record<never, never>;

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape?: { readonly dim: readonly DimensionProto[] };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

type Field = readonly [name: string, id: number, type: string, rule?: 'repeated'];

const messages: Record<string, readonly Field[]> = {
  Dimension: [
    ['dimValue', 1, 'int64'],
    ['dimParam', 2, 'string'],
  ],
  TensorShape: [['dim', 1, 'Dimension', 'repeated']],
  TensorType: [
    ['elemType', 1, 'int32'],
    ['shape', 2, 'TensorShape'],
  ],
  Type: [['tensorType', 1, 'TensorType']],
  ValueInfo: [
    ['name', 1, 'string'],
    ['type', 2, 'Type'],
  ],
  Tensor: [
    ['dims', 1, 'int64', 'repeated'],
    ['dataType', 2, 'int32'],
    ['name', 8, 'string'],
    ['rawData', 9, 'bytes'],
  ],
  Attribute: [
    ['name', 1, 'string'],
    ['f', 2, 'float'],
    ['i', 3, 'int64'],
    ['s', 4, 'bytes'],
    ['g', 6, 'Graph'],
    ['ints', 8, 'int64', 'repeated'],
    ['type', 20, 'int32'],
  ],
  Node: [
    ['input', 1, 'string', 'repeated'],
    ['output', 2, 'string', 'repeated'],
    ['opType', 4, 'string'],
    ['attribute', 5, 'Attribute', 'repeated'],
    ['domain', 7, 'string'],
  ],
  Graph: [
    ['node', 1, 'Node', 'repeated'],
    ['name', 2, 'string'],
    ['initializer', 5, 'Tensor', 'repeated'],
    ['input', 11, 'ValueInfo', 'repeated'],
    ['output', 12, 'ValueInfo', 'repeated'],
  ],
  OperatorSet: [
    ['domain', 1, 'string'],
    ['version', 2, 'int64'],
  ],
  Model: [
    ['irVersion', 1, 'int64'],
    ['producerName', 2, 'string'],
    ['graph', 7, 'Graph'],
    ['opsetImport', 8, 'OperatorSet', 'repeated'],
  ],
};

function modelType(): protobuf.Type {
  const root = new protobuf.Root();
  for (const [name, fields] of Object.entries(messages)) {
    const message = new protobuf.Type(name);
    for (const field of fields) message.add(new protobuf.Field(...field));
    root.add(message);
  }
  return root.lookupType('Model');
}

const Model = modelType();

/** The domain of ONNX Runtime's own ops. */
export const microsoft = 'com.microsoft';

/** A graph as the bytes of a model. */
export function encodeModel(graph: GraphProto): Uint8Array {
  const model = {
    irVersion: 10,
    producerName: 'alignment-workbench',
    graph,
    opsetImport: [
      { domain: '', version: 21 },
      { domain: microsoft, version: 1 },
    ],
  };
  return Model.encode(model).finish();
}

export const elementTypes: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };

export const float = (name: string, f: number): AttributeProto => ({ name, type: 1, f });
export const int = (name: string, i: number | boolean): AttributeProto => ({ name, type: 2, i: Number(i) });
export const ints = (name: string, ints: readonly number[]): AttributeProto => ({ name, type: 7, ints });
export const text = (name: string, s: string): AttributeProto => ({ name, type: 3, s: Buffer.from(s) });
export const subgraph = (name: string, g: GraphProto): AttributeProto => ({ name, type: 5, g });

export function valueInfo(
  name: string,
  dtype: DType,
  dims?: readonly (number | string | undefined)[],
): ValueInfoProto {
  const dim = dims?.map((d) =>
    d === undefined ? {} : typeof d === 'number' ? { dimValue: d } : { dimParam: d },
  );
  return {
    name,
    type: { tensorType: { elemType: elementTypes[dtype], ...(dim ? { shape: { dim } } : {}) } },
  };
}
