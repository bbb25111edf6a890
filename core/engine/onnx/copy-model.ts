import { encodeModel, valueInfo } from './proto.ts';

/** A model that copies a tensor of any shape from the input `from` to the output `to`. */
export const copyModel = (): Uint8Array =>
  encodeModel({
    name: 'copy',
    node: [{ opType: 'Identity', input: ['from'], output: ['to'], attribute: [], domain: '' }],
    initializer: [],
    input: [valueInfo('from', 'float32')],
    output: [valueInfo('to', 'float32')],
  });
