/** What stands between this machine and ONNX Runtime's CUDA provider, if anything. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Device } from '../engine.ts';
import { nvidiaCards, type GraphicsCard } from '../graphics.ts';
import { explain, probe, type Explanations } from '../probing.ts';

/** The library that `npm run setup:cuda` fetches. */
export const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';

/** Where ONNX Runtime's package is, and where in it the libraries of this platform are. */
export const runtimeFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
export const libraryFolder = join(runtimeFolder, 'bin/napi-v6', process.platform, process.arch);

/** ONNX Runtime's package fetches the provider for this platform alone (its script/install-metadata.js). */
export const cudaPlatform = process.platform === 'linux' && process.arch === 'x64';

let found: Promise<Device> | undefined;

/** The NVIDIA graphics processor that CUDA uses, looked for once a process. */
export function findCuda(): Promise<Device> {
  found ??= describeCuda();
  return found;
}

async function describeCuda(): Promise<Device> {
  const cards = cudaPlatform ? await nvidiaCards() : [];
  const card = visibleCard(cards, process.env['CUDA_VISIBLE_DEVICES']);
  const others = cards.flatMap((other) => (other !== card && other.name !== undefined ? [other.name] : []));
  const unusable = await whyUnusable(cards);
  return {
    ...{ provider: 'cuda', name: card?.name ?? 'NVIDIA graphics processor', software: false },
    ...(card?.driver !== undefined && { driver: card.driver }),
    ...(others.length > 0 && { others }),
    ...(unusable === undefined ? { float16: true } : { unusable }),
  };
}

/** CUDA's first device, in the order of the bus, which `cuda.ts` asks for. */
export function visibleCard(cards: readonly GraphicsCard[], visible = '0'): GraphicsCard | undefined {
  const first = Number(visible.split(',')[0]);
  // A device may also be named by its UUID; then it is known only where there is no choice.
  if (Number.isNaN(first)) return cards.length === 1 ? cards[0] : undefined;
  return cards[first];
}

async function whyUnusable(cards: readonly GraphicsCard[]): Promise<string | undefined> {
  if (!cudaPlatform) return "ONNX Runtime's package has CUDA for Linux on x64 alone: use WebGPU";
  if (cards.length === 0)
    return 'no NVIDIA graphics processor with its driver was found: install the driver of NVIDIA if there is one';
  const library = join(libraryFolder, CUDA_LIBRARY);
  if (!existsSync(library)) return "ONNX Runtime's CUDA library is not fetched yet: run `npm run setup:cuda`";
  const missing = await missingLibraries(library);
  if (missing.length > 0)
    return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: install the CUDA toolkit and cuDNN of that version`;
  const tried = await probe('cuda');
  return tried.failed && explain(tried, explanations);
}

/** The libraries that the dynamic linker does not find for a library, by name. */
export async function missingLibraries(library: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [library]).catch(() => ({ stdout: '' }));
  return notFound(stdout);
}

/** The names that `ldd` lists as `libcublas.so.12 => not found`. */
export const notFound = (listed: string): string[] =>
  [...listed.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name!);

/** What ONNX Runtime and CUDA say. */
const explanations: Explanations = [
  [/CUDA failure 35:/, 'the NVIDIA driver is too old for this CUDA: update the driver'],
  [/CUDA failure 100:/, 'CUDA finds no graphics processor: look at CUDA_VISIBLE_DEVICES and the driver'],
  [/(lib[\w.+-]+): cannot open shared object/, '$1 is missing: install the CUDA toolkit and cuDNN'],
  [
    /Failed to load (shared )?library/,
    "ONNX Runtime's CUDA library cannot be loaded: run `npm run setup:cuda` again",
  ],
];
