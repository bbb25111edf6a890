import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from '../../contract/errors.ts';
import { reason } from '../../engine/failures.ts';
import { findPackage, packageName, type NativePackage } from '../../engine/tensorflow/package.ts';

export interface SetupOptions {
  /** Fetch even what is there. */
  readonly again?: boolean;
  readonly say: (line: string) => void;
  /** Where what the installer prints goes: to the terminal by default. */
  readonly output?: 'inherit' | 'ignore';
  /** Where npm put the package; looked for by default. */
  readonly target?: NativePackage | undefined;
}

/**
 * Fetches the native library (libtensorflow and the N-API binding) by the package's own installer, which works on a
 * copy of the package. What it made is moved into the package once it is whole and can be loaded, so a stop at any
 * moment leaves nothing that would be taken for it. Throws an `EngineError` where the library cannot be had.
 */
export async function installTensorFlow({
  again = false,
  say,
  output = 'inherit',
  target = findPackage(),
}: SetupOptions): Promise<void> {
  if (!target)
    throw new EngineError(`${packageName} is not installed; run \`npm ci\` without --omit=optional`);
  if (target.installed && !again) return say(`TensorFlow's native library is already in ${target.root}`);
  const { version } = requireSupported(target.root);

  const copy = join(dirname(target.root), '.tfjs-node-gpu-setup');
  try {
    copyPackage(target.root, copy);
    await announce(copy, version, say);
    say(`into ${target.root}`);
    await runInstaller(copy, output);
    putLibraryBesideBinding(copy, target.binding);
    await requireLoadable(join(copy, target.binding));
    moveInto(target.root, copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  say(`TensorFlow ${version} is installed; \`npm run workbench -- devices\` says which GPU it sees`);
}

/** What the package's `scripts/deps-constants.js` says of what there is to install. */
interface Constants {
  readonly LIBTENSORFLOW_VERSION: string;
  readonly ALL_SUPPORTED_COMBINATION: readonly string[];
  readonly PLATFORM_MAPPING: Readonly<Record<string, string>>;
  readonly ARCH_MAPPING: Readonly<Record<string, string>>;
  readonly depsLibTensorFlowPath: string;
}

const constantsOf = (root: string): Constants =>
  createRequire(import.meta.url)(join(root, 'scripts/deps-constants.js')) as Constants;

/** Throws where there is no library for the GPUs of a platform; on a Mac the installer would fetch one without. */
export function requireSupported(
  root: string,
  platform: string = process.platform,
  arch: string = process.arch,
): { version: string } {
  const { LIBTENSORFLOW_VERSION: version, ...constants } = constantsOf(root);
  const system = `gpu-${constants.PLATFORM_MAPPING[platform]}-${constants.ARCH_MAPPING[arch]}`;
  if (constants.ALL_SUPPORTED_COMBINATION.includes(system)) return { version };
  throw new EngineError(
    `TensorFlow.js has no library for GPUs for ${platform} on ${arch}, only for Linux and Windows on x64`,
  );
}

/** What the installer needs of the package: not what an installation adds to it, nor the library's own code. */
function copyPackage(root: string, copy: string): void {
  const unneeded = new Set(['deps', 'lib', 'build', 'dist', 'src']);
  rmSync(copy, { recursive: true, force: true });
  cpSync(root, copy, { recursive: true, filter: (path) => !unneeded.has(relative(root, path)) });
}

/** Says what comes from where, and how large it is; throws where the host does not have it or cannot be reached. */
async function announce(copy: string, version: string, say: SetupOptions['say']): Promise<void> {
  const library = lastLine(await runNode(copy, ['-e', askLibrary]));
  const size = await remoteSize(library);
  if (size === undefined) throw new EngineError(`there is no ${library} any more`);
  say(`TensorFlow ${version} for NVIDIA GPUs (with CUDA 11.2 and cuDNN 8.1): ${library}, ${size}`);

  const binding = lastLine(await runNode(copy, ['-e', askBinding]));
  const bindingSize = await remoteSize(binding);
  if (bindingSize !== undefined) say(`its binding to Node: ${binding}, ${bindingSize}`);
  else say(`its binding to Node is compiled here with Python 3 and a C++ compiler: there is no ${binding}`);
}

/** The package's own scripts say what they would fetch: the installer with its downloader taken away. */
const askLibrary = `
  require('./scripts/resources.js').downloadAndUnpackResource = () => {};
  process.argv = [process.argv[0], 'install.js', 'gpu', 'download'];
  require('./scripts/install.js');
`;

const askBinding = `
  const { binary, ...manifest } = require('./package.json');
  const { customAddon } = require('./scripts/deps-constants.js');
  const { addonName } = require('./scripts/get-addon-name.js');
  const { evaluate } = require('@mapbox/node-pre-gyp/lib/util/versioning.js');
  const { get_best_napi_build_version: best } = require('@mapbox/node-pre-gyp/lib/util/napi.js');
  const chosen = { ...manifest, binary: { ...binary, ...(customAddon ?? { package_name: addonName }) } };
  console.log(evaluate(chosen, {}, best(chosen)).hosted_tarball);
`;

const lastLine = (text: string): string => text.trim().split('\n').at(-1)!;

/** In words; undefined where the host has no such file. */
async function remoteSize(uri: string): Promise<string | undefined> {
  const { status, headers } = await headOf(uri);
  if (status === 403 || status === 404 || status === 410) return undefined;
  const bytes = Number(headers.get('content-length') ?? 0);
  return bytes === 0 ? 'of unknown size' : `${Math.ceil(bytes / 1e6)} MB`;
}

async function headOf(uri: string): Promise<Pick<Response, 'status' | 'headers'>> {
  try {
    return await fetch(uri, { method: 'HEAD' });
  } catch (error) {
    // The installer goes through a proxy that this request does not know of.
    if (Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name)))
      return { status: 200, headers: new Headers() };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new EngineError(
      `${new URL(uri).host} cannot be reached (${reason(cause)}): check the connection and run it again`,
    );
  }
}

/** Its downloader does not notice an answer that breaks off: what it made is looked at afterwards. */
async function runInstaller(copy: string, output: 'inherit' | 'ignore'): Promise<void> {
  const installer = spawn(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: copy,
    env: { ...process.env, PATH: [...toolFolders(copy), process.env['PATH']].join(delimiter) },
    stdio: output,
  });
  const [code] = (await once(installer, 'close')) as [number | null];
  if (code !== 0)
    throw new EngineError('the installer of TensorFlow.js failed, as it says above; nothing was changed');
}

/** The installer calls `node` and `node-pre-gyp` by their names. */
function toolFolders(copy: string): string[] {
  const manifest = createRequire(join(copy, 'package.json')).resolve('@mapbox/node-pre-gyp/package.json');
  return [join(dirname(manifest), '../../.bin'), dirname(process.execPath)];
}

/** Windows looks for libraries beside the binding; the installer puts this one in the folder of another N-API version. */
function putLibraryBesideBinding(copy: string, binding: string): void {
  const { depsLibTensorFlowPath: library } = constantsOf(copy);
  const beside = join(copy, dirname(binding), basename(library));
  if (process.platform === 'win32' && existsSync(library) && !existsSync(beside)) linkSync(library, beside);
}

async function requireLoadable(binding: string): Promise<void> {
  const again = 'nothing was changed; run it again';
  if (!existsSync(binding)) throw new EngineError(`the download broke off: ${again}`);
  try {
    await runNode(dirname(binding), ['-e', 'require(process.argv[1])', binding]);
  } catch (error) {
    throw new EngineError(`what was fetched cannot be loaded (${reason(error)}): ${again}`, { cause: error });
  }
}

/** Last the folder of the binding, by which the rest is known to be there. */
function moveInto(root: string, copy: string): void {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  rmSync(join(root, 'deps'), { recursive: true, force: true });
  renameSync(join(copy, 'deps'), join(root, 'deps'));
  renameSync(join(copy, 'lib'), join(root, 'lib'));
}

/** What Node prints; where it fails the error has the line that says why. */
async function runNode(cwd: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
    return stdout;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const line = stderr.split('\n').find((one) => /^\w*Error: /.test(one));
    throw new Error(line ?? String(error), { cause: error });
  }
}
