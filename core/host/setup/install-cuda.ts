import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { EngineError } from '../../contract/errors.ts';
import { CUDA_LIBRARY, runtimeFolder } from '../../engine/onnx/cuda-device.ts';

export interface CudaSetupOptions {
  /** Fetch even what is there. */
  readonly again?: boolean;
  readonly say: (line: string) => void;
  /** ONNX Runtime's npm package; the one that the workbench uses by default. */
  readonly root?: string;
  /** As the package names it. */
  readonly platform?: string;
}

/**
 * Fetches ONNX Runtime's CUDA library by the package's own installer, which works on a copy of its scripts. What it
 * made is moved into the package once it is whole, so a stop at any moment leaves nothing that would be taken for it.
 * Throws an `EngineError` where the library cannot be had.
 */
export async function installCuda({
  again = false,
  say,
  root = runtimeFolder,
  platform = `${process.platform}/${process.arch}`,
}: CudaSetupOptions): Promise<void> {
  const files = filesOf(root, platform);
  const libraries = join(root, 'bin/napi-v6', platform);
  const isThere = files.every((file) => existsSync(join(libraries, file)));
  if (isThere && !again) return say(`ONNX Runtime's CUDA library is already in ${libraries}`);

  const copy = join(root, '.cuda-setup');
  try {
    rmSync(copy, { recursive: true, force: true });
    cpSync(join(root, 'script'), join(copy, 'script'), { recursive: true });
    await runInstaller(copy, say);
    moveInto(libraries, join(copy, 'bin/napi-v6', platform), files);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  say(`installed in ${libraries}; \`npm run workbench devices\` says whether CUDA can be used`);
}

/** What the package's `script/install-metadata.js` says of what there is to install. */
interface Metadata {
  readonly requirements: Readonly<Record<string, readonly string[]>>;
  readonly manifests: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The names of the files for a platform, that by which the rest is known to be there last. */
function filesOf(root: string, platform: string): string[] {
  const { requirements, manifests } = createRequire(import.meta.url)(
    join(root, 'script/install-metadata.js'),
  ) as Metadata;
  const required = requirements[platform] ?? [];
  const files = required
    .flatMap((name) => Object.keys(manifests[`${platform}:${name}`]!))
    .map((path) => basename(path));
  if (!files.includes(CUDA_LIBRARY))
    throw new EngineError(
      `ONNX Runtime's package has no CUDA library for ${platform}, only for Linux on x64: use WebGPU, which needs no setup`,
    );
  return [...files.filter((file) => file !== CUDA_LIBRARY), CUDA_LIBRARY];
}

/** `true` asks for all there is for the platform; the installer of 1.30 does not heed `cuda12` in this variable. */
const installerVariables = { ONNXRUNTIME_NODE_INSTALL: 'true' };

/** Its proxy library then reads the variables that other programs read (`HTTPS_PROXY`). */
const proxyVariables = { GLOBAL_AGENT_ENVIRONMENT_VARIABLE_NAMESPACE: '' };

async function runInstaller(copy: string, say: CudaSetupOptions['say']): Promise<void> {
  const installer = spawn(process.execPath, ['script/install.js'], {
    cwd: copy,
    env: { ...process.env, ...installerVariables, ...proxyVariables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  installer.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const told = tellProgress(installer.stdout, say);
  const [code] = (await once(installer, 'close')) as [number | null];
  await told;
  if (code !== 0) throw new EngineError(`${whyFailed(errors)}; nothing was changed, so run it again`);
}

/** The installer names what it downloads; its size is asked for beside. */
async function tellProgress(stdout: NodeJS.ReadableStream, say: CudaSetupOptions['say']): Promise<void> {
  for await (const line of createInterface(stdout)) {
    const url = /^Downloading (\S+)/.exec(line)?.[1];
    if (url !== undefined) say(`ONNX Runtime's CUDA library: ${url}, ${await remoteSize(url)}`);
    else say(line);
  }
}

async function remoteSize(url: string): Promise<string> {
  const headers = await fetch(url, { method: 'HEAD' }).then(
    (answer) => answer.headers,
    () => new Headers(),
  );
  const bytes = Number(headers.get('content-length') ?? 0);
  return bytes === 0 ? 'of unknown size' : `${Math.ceil(bytes / 1e6)} MB`;
}

function whyFailed(errors: string): string {
  const unreachable = /(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)(?: (\S+))?/.exec(
    errors,
  );
  if (unreachable)
    return `the host of the library cannot be reached (${unreachable[0]}): check the connection or the proxy`;
  const line = errors.split('\n').find((one) => /^\w*Error\b/.test(one));
  return `the installer of ONNX Runtime failed (${line ?? errors.trim().split('\n').at(-1)})`;
}

function moveInto(folder: string, made: string, files: readonly string[]): void {
  const missing = files.filter((file) => !existsSync(join(made, file)));
  if (missing.length > 0)
    throw new EngineError(
      `the installer made no ${missing.join(', ')}; nothing was changed, so run it again`,
    );
  mkdirSync(folder, { recursive: true });
  for (const file of files) renameSync(join(made, file), join(folder, file));
}
