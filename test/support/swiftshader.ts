import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { findWebGpu } from '../../core/engine/devices.ts';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const archive = join(modules, '@sparticuz/chromium/bin/swiftshader.tar.br');
const folder = join(modules, '.cache/swiftshader');

/**
 * The environment in which WebGPU tests run: the machine's own where it has a graphics processor, else one in which
 * the Vulkan loader finds SwiftShader, a driver that draws on the processor. It must be there when a process starts.
 */
export async function webGpuEnvironment(): Promise<Record<string, string>> {
  const { unusable } = await findWebGpu();
  if (unusable === undefined || process.platform !== 'linux' || process.arch !== 'x64') return {};
  const drivers = swiftShader();
  return {
    LD_LIBRARY_PATH: drivers,
    VK_ICD_FILENAMES: join(drivers, 'vk_swiftshader_icd.json'),
    XDG_RUNTIME_DIR: drivers,
  };
}

/** The folder of SwiftShader, and of a Vulkan loader that goes with any driver. */
export function swiftShader(): string {
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  execFileSync('tar', ['-x', '-C', unfinished], { input: brotliDecompressSync(readFileSync(archive)) });
  renameSync(unfinished, folder);
  return folder;
}
