import { describe } from 'vitest';
import { findWebGpu } from '../../../core/engine/devices.ts';
import { paritySuite } from './parity.ts';

const device = await findWebGpu();

/** Between them every op that a family has and another has not. */
const models = ['gpt_neox', 'qwen3', 'smollm3', 'llama-lora', 'gpt2-reward'];

describe.skipIf(device.unusable !== undefined)('on WebGPU', () => paritySuite('webgpu', models));
