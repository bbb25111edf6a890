import { EngineError } from '../contract/errors.ts';
import { cpuDevice, findWebGpu } from './devices.ts';
import type { Device, Engine, EngineOptions, OpenedEngine } from './engine.ts';

/** Opens the device that was asked for, or with `auto` the first that can be used and is not drawn in software. */
export async function openEngine(options: EngineOptions = {}): Promise<OpenedEngine> {
  const { device, notices } = await chooseDevice(options.device);
  const open = { cpu: openCpu, webgpu: openWebGpu }[device.provider];
  return { engine: await open(options, device), notices };
}

/** The device that would be opened; throws where it is the one asked for and cannot be used. */
export async function chooseDevice(
  wanted: EngineOptions['device'] = 'auto',
): Promise<{ readonly device: Device; readonly notices: readonly string[] }> {
  const cpu = cpuDevice();
  if (wanted === 'cpu') return { device: cpu, notices: [] };
  const device = await findWebGpu();
  const refusal = refuse(device, wanted === 'auto');
  if (refusal === undefined) return { device, notices: [] };
  if (wanted === 'webgpu') throw new EngineError(refusal);
  return { device: cpu, notices: [`${refusal}; using the CPU (${cpu.name})`] };
}

function refuse({ name, software, unusable }: Device, automatic: boolean): string | undefined {
  if (unusable !== undefined) return `WebGPU cannot be used: ${unusable}`;
  if (software && automatic) return `WebGPU would be drawn in software by ${name}`;
  return undefined;
}

/** Loaded when needed: the library may be missing, which is only then a reason to fail. */
async function openCpu(options: EngineOptions): Promise<Engine> {
  const { CpuEngine } = await load(() => import('./onnx/cpu.ts'));
  return new CpuEngine(options);
}

async function openWebGpu(options: EngineOptions, device: Device): Promise<Engine> {
  const { WebGpuEngine } = await load(() => import('./onnx/webgpu.ts'));
  return new WebGpuEngine(device, options);
}

async function load<T>(module: () => Promise<T>): Promise<T> {
  try {
    return await module();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(`ONNX Runtime cannot be loaded: ${reason}`, { cause: error });
  }
}
