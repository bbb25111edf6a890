import { describe } from 'vitest';
import { findWebGpu } from '../../../core/engine/devices.ts';
import { fusedSuite } from './fused-suite.ts';

const device = await findWebGpu();

describe.skipIf(device.unusable !== undefined)('fused steps on WebGPU', () => fusedSuite('webgpu'));
