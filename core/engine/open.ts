import { EngineError } from '../contract/errors.ts';
import { cpuDevice, findWebGpu } from './devices.ts';
import type { Device, Engine, EngineOptions, OpenedEngine, Provider } from './engine.ts';
import { findCuda } from './onnx/cuda-device.ts';
import { describeTensorFlow } from './tensorflow/device.ts';

/** Opens the device that was asked for, or with `auto` the first that can be used and is not drawn in software. */
export async function openEngine(options: EngineOptions = {}): Promise<OpenedEngine> {
  const { device, notices } = await chooseDevice(options.device);
  return { engine: await openers[device.provider](options, device), notices };
}

interface Choice {
  readonly device: Device;
  /** Why `auto` passed over what it would rather have taken, in one sentence. */
  readonly notices: readonly string[];
}

/** The device that would be opened; throws where it is the one asked for and cannot be used. */
export async function chooseDevice(wanted: EngineOptions['device'] = 'auto'): Promise<Choice> {
  if (wanted === 'auto') return chooseFastest();
  const device = await finders[wanted]();
  if (device.unusable !== undefined) throw new EngineError(refusal(device)!);
  return { device, notices: [] };
}

async function chooseFastest(): Promise<Choice> {
  const refusals: string[] = [];
  for (const provider of fastestFirst) {
    const device = await finders[provider]();
    const why = refusal(device);
    if (why === undefined)
      return { device, notices: refusals.slice(0, 1).map((first) => using(first, device)) };
    refusals.push(why);
  }
  throw new EngineError(refusals.join('; '));
}

function refusal(device: Device): string | undefined {
  const { provider, name, software, unusable } = device;
  if (unusable !== undefined) return `${titles[provider]} cannot be used: ${unusable}`;
  return software ? `${titles[provider]} would be drawn in software by ${name}` : undefined;
}

/** Of the devices passed over only the one that would have been best is worth a word. */
const using = (refused: string, { provider, name }: Device): string =>
  `${refused}; using ${titles[provider]} (${name})`;

const titles: Readonly<Record<Provider, string>> = {
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  tensorflow: 'TensorFlow',
  cpu: 'the CPU',
};

/** The order in which `auto` tries devices; the processor always works. */
const fastestFirst = ['webgpu', 'cuda', 'tensorflow', 'cpu'] as const satisfies readonly Provider[];

const finders: Readonly<Record<Provider, () => Device | Promise<Device>>> = {
  webgpu: findWebGpu,
  cuda: findCuda,
  tensorflow: describeTensorFlow,
  cpu: cpuDevice,
};

type Opener = (options: EngineOptions, device: Device) => Promise<Engine>;

/** Libraries are loaded when needed: one may be missing, which is only then a reason to fail. */
const openers: Readonly<Record<Provider, Opener>> = {
  cpu: async (options) => new (await load(() => import('./onnx/cpu.ts'))).CpuEngine(options),
  webgpu: async (options, device) =>
    new (await load(() => import('./onnx/webgpu.ts'))).WebGpuEngine(device, options),
  cuda: async (options, device) => (await load(() => import('./onnx/cuda.ts'))).openCuda(options, device),
  tensorflow: async (options, device) =>
    (await import('./tensorflow/tensorflow.ts')).openTensorFlow(options, device),
};

async function load<T>(module: () => Promise<T>): Promise<T> {
  try {
    return await module();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineError(`ONNX Runtime cannot be loaded: ${reason}`, { cause: error });
  }
}
