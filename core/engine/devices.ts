import { cpus } from 'node:os';
import type { Device } from './engine.ts';
import { cardNamed, graphicsCards, type GraphicsCard } from './graphics.ts';
import { findCuda } from './onnx/cuda-device.ts';
import { explain, probe, type Explanations } from './probing.ts';
import { describeTensorFlow } from './tensorflow/device.ts';

/** Every device there could be, in the order in which `auto` prefers them; those that cannot be used say why. */
export const discoverDevices = async (): Promise<Device[]> => [
  ...(await Promise.all([findWebGpu(), findCuda(), describeTensorFlow()])),
  cpuDevice(),
];

export const cpuDevice = (): Device => ({
  provider: 'cpu',
  name: cpus()[0]?.model.trim() ?? 'processor',
  software: false,
  float16: true,
});

let found: Promise<Device> | undefined;

/** The graphics processor that WebGPU uses. A process keeps to one, so it is looked for once. */
export function findWebGpu(): Promise<Device> {
  found ??= describeProbe();
  return found;
}

async function describeProbe(): Promise<Device> {
  // ONNX Runtime does not tell which adapter it took, but the Vulkan loader does.
  const [tried, cards] = await Promise.all([probe('webgpu', { VK_LOADER_DEBUG: 'driver' }), graphicsCards()]);
  const name = usedAdapter(tried.log) ?? nameWithoutLog(cards);
  const driver = cardNamed(name, cards)?.driver;
  const others = seenAdapters(tried.log, cards).filter((other) => other !== name);
  return {
    ...{ provider: 'webgpu', name, software: softwareNames.test(name) },
    ...(driver !== undefined && { driver }),
    ...(others.length > 0 && { others }),
    ...tried.found,
    ...(tried.failed !== undefined && { unusable: explain(tried, explanations) }),
  };
}

/** Names of drivers that draw on the processor. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic/i;

/** What the Vulkan loader says when the adapter is opened. */
export const usedAdapter = (log: string): string | undefined => /Using "(.+?)" with driver/.exec(log)?.[1];

/** Graphics processors that the Vulkan loader or the system lists, without those drawn in software. */
export function seenAdapters(log: string, cards: readonly GraphicsCard[]): string[] {
  const [, list = ''] = /Original order:([^]*?)Sorted order:/.exec(log) ?? [];
  const ofLoader = [...list.matchAll(/\[\d+\] (.+?)\s*$/gm)].map(([, name]) => name!);
  const names = ofLoader.length > 0 ? ofLoader : cards.flatMap(({ name }) => name ?? []);
  return [...new Set(names)].filter((name) => !softwareNames.test(name));
}

/** Metal and Direct3D have no log; a software name stands only where there is no other adapter. */
function nameWithoutLog(cards: readonly GraphicsCard[]): string {
  if (process.platform === 'darwin') return `${cpus()[0]?.model ?? 'Apple'} GPU`;
  const names = cards.flatMap(({ name }) => name ?? []);
  return names.find((name) => !softwareNames.test(name)) ?? names[0] ?? 'graphics processor';
}

/** What ONNX Runtime, its graphics library and the loader say. */
const explanations: Explanations = [
  [
    /Couldn't load Vulkan/,
    "the Vulkan loader is not installed: install libvulkan1 (Fedora: vulkan-loader, Arch: vulkan-icd-loader) and your graphics processor's driver",
  ],
  [
    /Failed to get a WebGPU adapter/,
    "no graphics driver on this machine offers WebGPU: install your graphics processor's driver (on Linux one for Vulkan)",
  ],
  [/Failed to get a WebGPU device/, 'the graphics driver refused to open its device: update it'],
  [
    /available backend|not supported on this platform/i,
    "this platform's ONNX Runtime has no WebGPU: use the CPU",
  ],
  [
    /cannot open shared object|Cannot find module|dlopen|GLIBC/,
    "ONNX Runtime's library cannot be loaded: install the packages again (`npm ci`)",
  ],
];
