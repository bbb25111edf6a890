import type { Device, Engine, EngineOptions } from '../engine.ts';
import { CpuEngine } from './cpu.ts';

/**
 * Runs graphs on an NVIDIA graphics processor through CUDA. ONNX Runtime's binding for Node takes and gives its
 * tensors in the computer's memory, so resident tensors stay there and cross the bus at every run: `FusedSteps`
 * makes several steps of a crossing. What CUDA has no kernel for runs on the processor.
 */
export function openCuda(options: EngineOptions, device: Device): Engine {
  // Its first device is then the first that the driver lists, whose name `device` has.
  process.env['CUDA_DEVICE_ORDER'] ??= 'PCI_BUS_ID';
  return new CpuEngine(options, { device, executionProviders: ['cuda', 'cpu'] });
}
