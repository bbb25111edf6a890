/** Values on their way between the host, which knows only floats and 32-bit integers, and the device. */
import type { DType } from '../../graph/tensor.ts';
import type { Value } from '../engine.ts';
import type { DeviceTensor, Library } from './library.ts';

/** TensorFlow.js has no 64-bit integers; the graph uses them for counts alone. It has no float16 either. */
export const dtypes: Readonly<Record<DType, 'float32' | 'int32' | 'bool'>> = {
  float32: 'float32',
  float16: 'float32',
  int32: 'int32',
  int64: 'int32',
  bool: 'bool',
};

/** The tensor may keep the array as its own memory. */
export function upload(tf: Library, dtype: DType, { data, shape }: Value): DeviceTensor {
  const values = dtype === 'bool' ? Uint8Array.from(data, Number) : data;
  return tf.tensor(values, [...shape], dtypes[dtype]);
}

/** A copy: what the library hands out may be the tensor's own memory, and of the type it was cast from. */
export async function download(tensor: DeviceTensor): Promise<Value> {
  const data = await tensor.data<'float32' | 'int32' | 'bool'>();
  const copy = tensor.dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data);
  return { data: copy, shape: tensor.shape };
}
