/** Where the npm package of TensorFlow.js for NVIDIA GPUs is, and whether its native library is in it. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const packageName = '@tensorflow/tfjs-node-gpu';

export interface NativePackage {
  readonly root: string;
  readonly version: string;
  /** The N-API binding inside the package, wanted by this version of Node. */
  readonly binding: string;
  readonly installed: boolean;
}

interface Manifest {
  readonly version: string;
  readonly binary: { readonly napi_versions: readonly number[] };
}

/** Undefined where npm left the optional package out. */
export function findPackage(): NativePackage | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return describePackage(dirname(manifest));
  } catch {
    return undefined;
  }
}

export function describePackage(root: string): NativePackage {
  const { version, binary } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const supported = binary.napi_versions.filter((version) => version <= Number(process.versions.napi));
  const binding = `lib/napi-v${Math.max(...supported)}/tfjs_binding.node`;
  // The binding is put in place last, so where it is everything is.
  return { root, version, binding, installed: existsSync(join(root, binding)) };
}

/** What is missing and what to do, as a clause. */
export const notInstalled = (): string =>
  findPackage()
    ? "TensorFlow's native library is not fetched yet: run `npm run setup:tensorflow`"
    : `${packageName} is not part of this installation: use another device`;
