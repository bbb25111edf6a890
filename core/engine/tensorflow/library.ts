import type * as tfjs from '@tensorflow/tfjs-core';
import { EngineError } from '../../contract/errors.ts';
import { reason } from '../failures.ts';
import { findPackage, notInstalled } from './package.ts';

/** What the engine uses of TensorFlow.js; every backend of it has the same functions. */
export type Library = Omit<typeof tfjs, 'default'>;

export type DeviceTensor = tfjs.Tensor;

/**
 * What TensorFlow reads from the environment when it is loaded, unless the person has set it.
 * - By itself it takes all of a GPU's memory at once, and other programs fail.
 * - By itself cuBLAS rounds the factors of a product to 10 bits (TF32): that is not float32.
 * - Its log is for those who build it.
 */
const environment: Readonly<Record<string, string>> = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  NVIDIA_TF32_OVERRIDE: '0',
  TF_CPP_MIN_LOG_LEVEL: '2',
};

/** TensorFlow.js over its native library, on the GPU where there is one; throws an `EngineError` where it is missing. */
export async function nativeLibrary(): Promise<Library> {
  if (findPackage()?.installed !== true)
    throw new EngineError(`TensorFlow cannot be used: ${notInstalled()}`);
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
  try {
    await import('./removed-util.ts');
    const { default: library } = await import('@tensorflow/tfjs-node-gpu');
    library.enableProdMode();
    return library;
  } catch (error) {
    throw new EngineError(
      `TensorFlow's native library cannot be loaded (${reason(error)}): run \`npm run setup:tensorflow -- --again\``,
      { cause: error },
    );
  }
}
