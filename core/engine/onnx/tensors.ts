/** Values of the host as tensors of ONNX Runtime and back. */
import { Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../data/float16.ts';
import type { DType } from '../../graph/tensor.ts';
import type { Value } from '../engine.ts';

type HostTensor = (data: Value['data'], shape: readonly number[]) => Tensor;

/** The host knows only floats and 32-bit integers; flags and ONNX's 64-bit counts are made from the latter. */
export const hostTensors: Record<DType, HostTensor> = {
  float32: (data, shape) => new Tensor('float32', data, shape),
  float16: (data, shape) => halfTensor(toHalves(Float32Array.from(data), 'a value fed'), shape),
  int32: (data, shape) => new Tensor('int32', data, shape),
  int64: (data, shape) => new Tensor('int64', BigInt64Array.from(data, BigInt), shape),
  bool: (data, shape) => new Tensor('bool', Uint8Array.from(data, Number), shape),
};

export function toHalves(values: Float32Array, name: string): Uint16Array {
  const halves = new Uint16Array(values.length);
  float32ToFloat16(values, halves, name);
  return halves;
}

/** Where there is a Float16Array, `Tensor` insists on one, which ONNX Runtime 1.30 cannot read. */
export const halfTensor = (halves: Uint16Array, shape: readonly number[]): Tensor =>
  Object.assign(new Tensor('uint16', halves, shape), { type: 'float16' as const });

/** A tensor's floats, whatever it stores them as. */
export function floatsOf({ type, data }: Tensor): Float32Array {
  if (type !== 'float16') return data as Float32Array;
  const { buffer, byteOffset, length } = data as Uint16Array;
  const singles = new Float32Array(length);
  float16ToFloat32(new Uint16Array(buffer, byteOffset, length), singles);
  return singles;
}

/** A result as the host takes it: counts and flags as 32-bit integers. */
export function hostValue(tensor: Tensor): Value {
  const { data, type, dims: shape } = tensor;
  if (type === 'float32' || type === 'float16') return { data: floatsOf(tensor), shape };
  if (data instanceof Int32Array) return { data, shape };
  if (data instanceof BigInt64Array || data instanceof Uint8Array)
    return { data: Int32Array.from(data as Iterable<number | bigint>, Number), shape };
  throw new EngineError(`a result of type ${type} cannot be returned`);
}
