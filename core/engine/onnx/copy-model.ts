import type { DType } from '../../graph/tensor.ts';
import { encodeModel, valueInfo } from './proto.ts';

/** A model that copies a tensor of any shape from the input `from` to the output `to`. */
export const copyModel = (dtype: DType = 'float32'): Uint8Array =>
  encodeModel({
    name: 'copy',
    node: [{ opType: 'Identity', input: ['from'], output: ['to'], attribute: [], domain: '' }],
    initializer: [],
    input: [valueInfo('from', dtype)],
    output: [valueInfo('to', dtype)],
  });
