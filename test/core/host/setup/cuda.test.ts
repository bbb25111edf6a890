/** The package's real installer, over its real scripts, from a feed on this machine in place of the one it names. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../../../../core/contract/errors.ts';
import { runtimeFolder } from '../../../../core/engine/onnx/cuda-device.ts';
import { installCuda } from '../../../../core/host/setup/install-cuda.ts';

const files = [
  'libonnxruntime_providers_shared.so',
  'libonnxruntime_providers_tensorrt.so',
  'libonnxruntime_providers_cuda.so',
];
const { version } = JSON.parse(readFileSync(join(runtimeFolder, 'package.json'), 'utf8')) as {
  version: string;
};

interface Zip {
  addFile(path: string, data: Buffer): void;
  toBuffer(): Buffer;
}
const AdmZip = createRequire(join(runtimeFolder, 'package.json'))('adm-zip') as new () => Zip;

function packageOf(names: readonly string[]): Buffer {
  const zip = new AdmZip();
  for (const name of names) zip.addFile(`runtimes/linux-x64/native/${name}`, Buffer.from(`${name} whole`));
  return zip.toBuffer();
}

/** A NuGet feed with one package of these bytes. */
async function serve(contents: Buffer): Promise<Server> {
  const server = createServer(({ url, headers: { host } }, answer) => {
    const json = (value: object) =>
      answer.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (url === '/v3/index.json')
      json({ resources: [{ '@type': 'PackageBaseAddress/3.0.0', '@id': `https://${host}/flat/` }] });
    else if (url!.endsWith('/index.json')) json({ versions: [version] });
    else answer.setHeader('content-length', contents.length).end(contents);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

let folder: string;
let root: string;
let lines: string[];
const platform = 'linux/x64';
const libraries = () => join(root, 'bin/napi-v6', platform);
const install = (again = false) => installCuda({ root, platform, again, say: (line) => lines.push(line) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-cuda-'));
  root = join(folder, 'onnxruntime-node');
  lines = [];
  cpSync(join(runtimeFolder, 'script'), join(root, 'script'), { recursive: true });
  symlinkSync(join(runtimeFolder, '..'), join(folder, 'node_modules'));
  mkdirSync(libraries(), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The installer speaks HTTPS alone: in its process that is made HTTP, to a server on this machine. */
function pointTo(address: string): void {
  const metadata = join(root, 'script/install-metadata.js');
  const text = readFileSync(metadata, 'utf8').replace(/https:\/\/[^/']+(?=\/v3)/, `https://${address}`);
  writeFileSync(metadata, text);
  const preload = join(folder, 'plain.cjs');
  writeFileSync(
    preload,
    "const https = require('https'); const { get } = require('http'); https.get = (url, ...more) => get(String(url.href ?? url).replace('https:', 'http:'), more.at(-1));",
  );
  vi.stubEnv('NODE_OPTIONS', `--require ${preload}`);
}

async function withFeed<T>(contents: Buffer, use: () => Promise<T>): Promise<T> {
  const server = await serve(contents);
  pointTo(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await use();
  } finally {
    server.close();
  }
}

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('setup:cuda', () => {
  test('fetches what the package leaves out, once, and leaves nothing else behind', async () => {
    await withFeed(packageOf(files), async () => {
      await install();
      await install();
    });
    expect(readdirSync(libraries()).sort()).toEqual(files.toSorted());
    for (const file of files) expect(readFileSync(join(libraries(), file), 'utf8')).toBe(`${file} whole`);
    expect(readdirSync(root).sort()).toEqual(['bin', 'script']);
    expect(lines[0]).toMatch(/^ONNX Runtime's CUDA library: https:\S+gpu\.linux\.\S+\.nupkg, /);
    expect(lines.at(-1)).toBe(`ONNX Runtime's CUDA library is already in ${libraries()}`);
  });

  test('replaces what is there where it is asked to', async () => {
    for (const file of files) writeFileSync(join(libraries(), file), 'old');
    await withFeed(packageOf(files), () => install(true));
    for (const file of files) expect(readFileSync(join(libraries(), file), 'utf8')).toBe(`${file} whole`);
  });

  test.each([
    ['breaks off', packageOf(files).subarray(0, 200), 'Failed to open NuGet package'],
    ['lacks a library', packageOf(files.slice(0, 2)), `Failed to find runtimes/linux-x64/native/${files[2]}`],
  ])('leaves nothing where what comes %s', async (_, contents, reason) => {
    const failing = withFeed(contents, () => install());
    await expect(failing).rejects.toThrow(EngineError);
    await expect(failing).rejects.toThrow(reason);
    await expect(failing).rejects.toThrow('nothing was changed, so run it again');
    expect(readdirSync(libraries())).toEqual([]);
    expect(existsSync(join(root, '.cuda-setup'))).toBe(false);
  });

  test('says that the host cannot be reached', async () => {
    const server = await serve(Buffer.of());
    const { port } = server.address() as AddressInfo;
    server.close();
    pointTo(`127.0.0.1:${port}`);
    await expect(install()).rejects.toThrow(
      `the host of the library cannot be reached (ECONNREFUSED 127.0.0.1:${port}): check the connection`,
    );
  });
});

test('a platform without CUDA is told what to use', async () => {
  for (const other of ['win32/x64', 'darwin/arm64', 'linux/arm64'])
    await expect(installCuda({ root, platform: other, say: () => {} })).rejects.toThrow(
      `ONNX Runtime's package has no CUDA library for ${other}, only for Linux on x64: use WebGPU`,
    );
});
