import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Device } from './engine.ts';

/** Every device there could be; those that cannot be used say why. The first usable ones are the fastest. */
export const discoverDevices = async (): Promise<Device[]> => [await findWebGpu(), cpuDevice()];

export const cpuDevice = (): Device => ({
  provider: 'cpu',
  name: cpus()[0]?.model.trim() ?? 'processor',
  software: false,
});

let found: Promise<Device> | undefined;

/** The graphics processor that WebGPU uses. A process keeps to one, so it is looked for once. */
export function findWebGpu(): Promise<Device> {
  found ??= describeProbe();
  return found;
}

async function describeProbe(): Promise<Device> {
  const { failed, log } = await probe();
  const name = await adapterName(log);
  const device: Device = { provider: 'webgpu', name, software: softwareNames.test(name) };
  return failed === undefined ? device : { ...device, unusable: explain(failed, log) };
}

interface Probe {
  /** How the probe ended, where it did not work. */
  readonly failed?: 'error' | 'crash' | 'time';
  readonly log: string;
}

const probeTimeout = 60_000;

async function probe(): Promise<Probe> {
  const script = fileURLToPath(new URL('./onnx/probe.ts', import.meta.url));
  // ONNX Runtime does not tell which adapter it took, but the Vulkan loader does.
  const env = { ...process.env, VK_LOADER_DEBUG: 'driver' };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [script], { env, timeout: probeTimeout });
    return { log: stderr };
  } catch (error) {
    const { stderr = '', killed, signal } = error as { stderr?: string; killed?: boolean; signal?: string };
    return { failed: killed ? 'time' : signal ? 'crash' : 'error', log: stderr };
  }
}

/** Names of drivers that draw on the processor. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic/i;

async function adapterName(log: string): Promise<string> {
  const named = /Using "(.+?)" with driver/.exec(log)?.[1];
  if (named !== undefined) return named;
  if (process.platform === 'darwin') return `${cpus()[0]?.model ?? 'Apple'} GPU`;
  if (process.platform === 'win32') return windowsAdapter();
  return 'graphics processor';
}

/** Direct3D has no log to read the name from; a software name stands only where there is no other adapter. */
async function windowsAdapter(): Promise<string> {
  const query = '(Get-CimInstance Win32_VideoController).Name';
  try {
    const { stdout } = await promisify(execFile)('powershell.exe', ['-NoProfile', '-Command', query]);
    const names = stdout.split(/\r?\n/).filter((name) => name !== '');
    return names.find((name) => !softwareNames.test(name)) ?? names[0] ?? 'graphics processor';
  } catch {
    return 'graphics processor';
  }
}

/** What ONNX Runtime, its graphics library and the loader say, as a sentence to act on. */
const explanations: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [/Couldn't load Vulkan/, 'the Vulkan loader (libvulkan) is not installed'],
  [/Failed to get a WebGPU adapter/, 'no graphics driver on this machine offers WebGPU'],
  [/Failed to get a WebGPU device/, 'the graphics driver refused to open its device'],
  [/available backend|not supported on this platform/i, "this platform's ONNX Runtime has no WebGPU"],
  [/cannot open shared object|Cannot find module|dlopen|GLIBC/, "ONNX Runtime's library cannot be loaded"],
];

function explain(failed: NonNullable<Probe['failed']>, log: string): string {
  if (failed === 'crash') return 'the graphics driver crashed when it was tried';
  if (failed === 'time') return `the graphics driver did not answer within ${probeTimeout / 1000} seconds`;
  const sentence = explanations.find(([pattern]) => pattern.test(log))?.[1];
  return sentence ?? `it failed when it was tried: ${log.trim().split('\n').at(-1)}`;
}
