/** Where the parts of the application are, in the sources and in the package. */
import { join } from 'node:path';

export interface Places {
  readonly renderer: string;
  readonly preload: string;
  readonly backend: string;
  readonly node: string;
}

export interface Installation {
  /** The folder, or the archive, that the application is in. */
  readonly root: string;
  readonly packaged: boolean;
  /** Where the package keeps what is beside the archive. */
  readonly resources: string;
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
}

export function placesOf({ root, packaged, resources, platform, environment }: Installation): Places {
  const binary = platform === 'win32' ? 'node.exe' : 'node';
  // Plain Node reads no archive, so what it runs is unpacked beside it.
  const unpacked = packaged ? root.replace(/app\.asar$/, 'app.asar.unpacked') : root;
  return {
    renderer: join(root, 'renderer/dist'),
    preload: join(root, 'electron/dist/preload.cjs'),
    backend: join(unpacked, 'core/host/backend.ts'),
    node: packaged
      ? join(resources, 'node', binary)
      : (environment['ALIGNMENT_WORKBENCH_NODE'] ?? join(root, 'node_modules/node/bin', binary)),
  };
}
