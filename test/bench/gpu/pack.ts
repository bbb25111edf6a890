/**
 * Packs what a machine with an NVIDIA card and no network needs to run `table.ts`, for Linux on x64:
 *     node test/bench/gpu/pack.ts --out FOLDER [--with cuda,tensorflow] [--python 3.12]
 * The folder then has `run.sh`, pieces of at most 48 MiB and their sums. There must be a Python with PyTorch,
 * Transformers, Accelerate, PEFT, pandas and pyarrow on that machine, as PyTorch images have it; TRL is brought along.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { swiftShader } from '../../support/swiftshader.ts';
import { interpreter, peers } from '../python.ts';
import { SUMS, writeArchives, type Archive, type Files, type PackOptions } from './archives.ts';
import { packageFolders, readManifest } from './imports.ts';

const project = resolve(import.meta.dirname, '../../..');
const modules = join(project, 'node_modules');
const npm = readManifest(project);

/** What runs there: what it imports is packed. */
const entries = ['test/bench/gpu/table.ts', 'test/bench/gpu/measure.ts', 'core/host/workbench.ts'].map(
  (file) => join(project, file),
);

export interface Pack extends PackOptions {
  readonly out: string;
  readonly archives: readonly Archive[];
}

export async function pack({ out, archives, ...options }: Pack): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('packing takes the Node and the ONNX Runtime of this machine, so it needs Linux on x64');
  await writeArchives(out, archives, options);
  copyFileSync(join(import.meta.dirname, 'run.sh'), join(out, 'run.sh'));
  chmodSync(join(out, 'run.sh'), 0o755);
}

/** Node, the npm packages that are imported, the Vulkan loader and SwiftShader to rehearse with. */
export const runtime = (): Archive => ({
  name: 'runtime',
  files: new Map([
    ['bin/node', join(modules, 'node/bin/node')],
    ...drivers.map((name) => [`lib/${name}`, join(swiftShader(), name)] as const),
    ...packageFiles(packageFolders(entries, optional)),
  ]),
});

const drivers = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];
const optional = new Set(Object.keys(npm.optionalDependencies ?? {}));

/** The sources; they change more often than all else. */
export const workbench = (): Archive => ({
  name: 'workbench',
  files: new Map([
    ['workbench/package.json', join(project, 'package.json')],
    ...['core', 'test/bench'].flatMap((folder) =>
      filesUnder(join(project, folder), (path) => !/[/](__pycache__|[.]venv)[/]/.test(path)).map(inWorkbench),
    ),
  ]),
});

/** TensorFlow.js with its native library, if `npm run setup:tensorflow` has fetched that. */
function tensorflow(): Archive {
  const without = new Set(packageFolders(entries, optional));
  const folders = packageFolders(entries, new Set()).filter((folder) => !without.has(folder));
  return { name: 'tensorflow', files: new Map(packageFiles(folders)) };
}

/** TRL, and what it needs that does not come with PyTorch and Transformers. */
function trl(python: string, folder: string): Archive {
  const pinned = readFileSync(join(peers, 'requirements.txt'), 'utf8').split('\n');
  const wheels = [
    ...pinned.filter((line) => /^(trl|datasets)==/.test(line)),
    'dill',
    'multiprocess',
    'xxhash',
  ];
  return { name: 'trl', files: filesIn(download(wheels, python, folder), 'wheels') };
}

/**
 * ONNX Runtime's CUDA provider, of the Python package of the same version: unlike the one that is fetched for Node it
 * is built for CUDA 13, which PyTorch brings.
 */
function cuda(python: string, folder: string): Archive {
  const version = npm.dependencies!['onnxruntime-node']!;
  const wheels = download([`onnxruntime-gpu==${version}`], python, folder);
  for (const wheel of readdirSync(wheels)) runPython(['-m', 'zipfile', '-e', join(wheels, wheel), folder]);
  const target = 'workbench/node_modules/onnxruntime-node/bin/napi-v6/linux/x64';
  const libraries = ['cuda', 'shared'].map((name) => `libonnxruntime_providers_${name}.so`);
  return {
    name: 'cuda',
    files: new Map(libraries.map((name) => [`${target}/${name}`, join(folder, 'onnxruntime/capi', name)])),
  };
}

/** Wheels for another machine's Python, from the package index that pip is set up for. */
function download(wheels: readonly string[], python: string, folder: string): string {
  const platforms = ['2_28', '2_27', '2_17'].flatMap((glibc) => ['--platform', `manylinux_${glibc}_x86_64`]);
  const target = mkdtempSync(join(folder, 'wheels-'));
  runPython([
    ...[
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
    ],
    ...['--implementation', 'cp', '--python-version', python, ...platforms, '--dest', target, ...wheels],
  ]);
  return target;
}

const runPython = (args: readonly string[]): void => {
  execFileSync(existsSync(interpreter) ? interpreter : 'python3', args, { stdio: 'inherit' });
};

const packageFiles = (folders: readonly string[]): [string, string][] =>
  folders.flatMap((folder) => filesUnder(folder, isForRunning)).map(inWorkbench);

/** A file that Node loads. */
const isForRunning = (path: string): boolean =>
  /[.]([cm]?js|json|node|wasm|so([.]\d+)*)$/.test(path) && !leftOut.some((pattern) => pattern.test(path));

/** Other platforms' files, and what was fetched for this machine's devices. */
const leftOut = [/[/-](darwin|win32|arm64)\b|linuxmusl/, /libonnxruntime_providers_/];

const inWorkbench = (path: string): [string, string] => [`workbench/${relative(project, path)}`, path];

const filesIn = (folder: string, target: string): Files =>
  new Map(readdirSync(folder).map((name) => [`${target}/${name}`, join(folder, name)]));

/** Those of packages inside a package are its own only where it depends on them. */
function filesUnder(folder: string, wanted: (path: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(path, wanted);
    return wanted(path) ? [path] : [];
  });
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      out: { type: 'string' },
      with: { type: 'string', default: '' },
      python: { type: 'string', default: '3.12' },
    },
  });
  if (options.out === undefined) throw new Error('say where the pieces are to go: --out FOLDER');
  const folder = mkdtempSync(join(tmpdir(), 'workbench-pack-'));
  try {
    const extras = { cuda: () => cuda(options.python, folder), tensorflow };
    const chosen = options.with.split(',').filter((name) => name !== '') as (keyof typeof extras)[];
    const unknown = chosen.find((name) => !Object.hasOwn(extras, name));
    if (unknown !== undefined)
      throw new Error(
        `there is no '${unknown as string}' to pack; --with takes ${Object.keys(extras).join(', ')}`,
      );
    const archives = [
      runtime(),
      workbench(),
      trl(options.python, folder),
      ...chosen.map((name) => extras[name]()),
    ];
    await pack({ out: options.out, archives, pieceBytes: 48 * 2 ** 20, preset: 9 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(readFileSync(join(options.out, SUMS), 'utf8').trimEnd());
  console.log(`there: bash ${join(options.out, 'run.sh')} FOLDER`);
}

if (import.meta.main) await main();
