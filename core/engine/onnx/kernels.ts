import { readFileSync } from 'node:fs';
import { EngineError } from '../../contract/errors.ts';

/** The exports of `kernels/assembly/kernels.ts`. Addresses and lengths are bytes. */
export interface Kernels {
  addScaled(target: number, source: number, bytes: number, scale: number): void;
  lerp(target: number, source: number, bytes: number, weight: number): void;
  sumOfSquares(x: number, bytes: number): number;
  adamw(
    p: number,
    g: number,
    m: number,
    v: number,
    bytes: number,
    gradientScale: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    keep: number,
    rate: number,
    spread: number,
    epsilon: number,
  ): void;
}

let compiled: WebAssembly.Module | undefined;

function kernelModule(): WebAssembly.Module {
  if (compiled) return compiled;
  const path = new URL('./kernels/kernels.wasm', import.meta.url);
  try {
    compiled = new WebAssembly.Module(readFileSync(path));
  } catch (error) {
    throw new EngineError(`${path.pathname} cannot be read; make it with 'npm run kernels'`, {
      cause: error,
    });
  }
  return compiled;
}

/** The kernels over a memory. */
export function kernelsOver(memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(kernelModule(), { env: { memory } });
  return exports as Kernels;
}
