import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Device } from '../engine.ts';
import { cardNamed, nvidiaCards, type GraphicsCard } from '../graphics.ts';
import { findPackage, notInstalled } from './package.ts';

let found: Promise<Device> | undefined;

/** The GPU that TensorFlow uses, or why there is none. A process keeps to one, so it is looked for once. */
export function describeTensorFlow(): Promise<Device> {
  found ??= describe();
  return found;
}

async function describe(): Promise<Device> {
  const cards = await nvidiaCards();
  const missing = whatIsMissing(cards);
  if (missing !== undefined) return deviceOf(cards, undefined, missing);
  const { failed, log } = await probe();
  return deviceOf(cards, usedGpu(log), failed && explain(failed, log));
}

function whatIsMissing(cards: readonly GraphicsCard[]): string | undefined {
  const nativePackage = findPackage();
  if (!nativePackage) return notInstalled();
  if (cards.length === 0)
    return 'no NVIDIA graphics processor with its driver was found: install the driver of NVIDIA if there is one';
  return nativePackage.installed ? undefined : notInstalled();
}

function deviceOf(
  cards: readonly GraphicsCard[],
  used: string | undefined,
  unusable: string | undefined,
): Device {
  const name = used ?? cards[0]?.name ?? 'NVIDIA graphics processor';
  const driver = cardNamed(name, cards)?.driver;
  return {
    ...{ provider: 'tensorflow', name, software: false, float16: false },
    ...(driver !== undefined && { driver }),
    ...(unusable !== undefined && { unusable }),
  };
}

interface Probe {
  /** How the probe ended, where it did not work. */
  readonly failed?: 'error' | 'crash' | 'time';
  readonly log: string;
}

/** For a GPU younger than the library the driver compiles every kernel when it is first used. */
const probeTimeout = 300_000;

async function probe(): Promise<Probe> {
  const script = fileURLToPath(new URL('./probe.ts', import.meta.url));
  const options = { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0' }, timeout: probeTimeout };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [script], options);
    return { log: stderr };
  } catch (error) {
    const { stderr = '', killed, signal } = error as { stderr?: string; killed?: boolean; signal?: string };
    return { failed: killed ? 'time' : signal ? 'crash' : 'error', log: stderr };
  }
}

/** TensorFlow's log, tensorflow/core/common_runtime/gpu/gpu_device.cc: "device: 0, name: NVIDIA A100, pci bus id". */
export const usedGpu = (log: string): string | undefined =>
  /device: 0, name: (.+?), pci bus id/.exec(log)?.[1];

export function explain(failed: NonNullable<Probe['failed']>, log: string): string {
  if (failed === 'crash') return 'its native library crashed when it was tried: use another device';
  if (failed === 'time')
    return `it did not answer within ${probeTimeout / 60_000} minutes: use another device`;
  if (!log.includes(noGpu)) return `it failed when it was tried: ${log.trim().split('\n').at(-1)}`;
  const missing = missingLibraries(log);
  if (missing.length === 0)
    return 'it finds no NVIDIA graphics processor: look at CUDA_VISIBLE_DEVICES and the driver';
  return `${missing.join(', ')} cannot be loaded: install CUDA 11 (11.2 or later) and cuDNN 8 of NVIDIA`;
}

/** What the probe says where TensorFlow would compute on the processor. */
export const noGpu = 'TensorFlow uses no GPU';

/** The same log, tensorflow/stream_executor/platform/default/dso_loader.cc. */
const missingLibraries = (log: string): string[] => [
  ...new Set([...log.matchAll(/Could not load dynamic library '(.+?)'/g)].map(([, name]) => name!)),
];
