/** The package's own installer, over a server of ours with small stand-ins for what it fetches. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  describePackage,
  findPackage,
  notInstalled,
  type NativePackage,
} from '../../../../core/engine/tensorflow/package.ts';
import { installTensorFlow, requireSupported } from '../../../../core/host/setup/install-tensorflow.ts';

const original = findPackage();
const supported = original !== undefined && process.platform === 'linux' && process.arch === 'x64';
const why = original ? 'its stand-ins are for Linux on x64' : notInstalled();

/** How the server answers for a file. */
type Answer = 'whole' | 'half' | 'missing';

describe.skipIf(!supported)(`npm run setup:tensorflow${supported ? '' : ` (skipped: ${why})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'setup-tensorflow-'));
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  let answers: Record<'library' | 'binding', Answer>;
  let server: Server;
  let host: string;
  let target: NativePackage;

  beforeAll(async () => {
    files.set(
      'library',
      await packed('library', { 'lib/libtensorflow.so.2.9.1': Buffer.alloc(300_000, 'tensor') }),
    );
    files.set('binding', await packed('binding', { 'napi/tfjs_binding.node': readFileSync(someAddon()) }));
    server = createServer((request, response) => {
      const name = request.url!.includes('binding') ? 'binding' : 'library';
      asked.push(`${request.method} ${request.url}`);
      const bytes = files.get(name)!;
      if (answers[name] === 'missing') return response.writeHead(404).end();
      response.writeHead(200, { 'content-length': bytes.length });
      if (request.method === 'HEAD' || answers[name] === 'whole') return response.end(bytes);
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    answers = { library: 'whole', binding: 'whole' };
    asked.length = 0;
    pointAt(host);
    target = freshPackage();
  });

  afterEach(() => vi.unstubAllEnvs());

  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function pointAt(where: string): void {
    vi.stubEnv('TFJS_NODE_BASE_URI', `${where}/libtensorflow-`);
    vi.stubEnv('npm_config_tfjs_binding_binary_host_mirror', `${where}/binding/`);
  }

  /** A copy of the package that finds its dependencies as the original does. */
  function freshPackage(): NativePackage {
    const home = mkdtempSync(join(folder, 'home-'));
    symlinkSync(dirname(dirname(original!.root)), join(home, 'node_modules'));
    cpSync(original!.root, join(home, 'package'), {
      recursive: true,
      filter: (path) => !['deps', 'lib', 'dist', 'src'].includes(path.slice(original!.root.length + 1)),
    });
    return describePackage(join(home, 'package'));
  }

  /** A gzipped tar file, as the host has them. */
  async function packed(name: string, contents: Record<string, Buffer>): Promise<Buffer> {
    const tar = createRequire(join(original!.root, 'package.json'))('tar') as {
      create(options: { gzip: boolean; cwd: string; file: string }, paths: string[]): Promise<void>;
    };
    const [root, file] = [join(folder, name), join(folder, `${name}.tar.gz`)];
    for (const [path, bytes] of Object.entries(contents)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
    }
    await tar.create(
      { gzip: true, cwd: root, file },
      Object.keys(contents).map((path) => path.split('/')[0]!),
    );
    return readFileSync(file);
  }

  const someAddon = () =>
    join(
      dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json')),
      'prebuilds/linux-x64.node',
    );

  async function install(): Promise<string> {
    const lines: string[] = [];
    await installTensorFlow({ target, output: 'ignore', say: (line) => lines.push(line) });
    target = describePackage(target.root);
    return lines.join('\n');
  }

  const nothingIn = ({ root }: NativePackage): boolean =>
    !existsSync(join(root, 'lib')) &&
    !existsSync(join(root, 'deps')) &&
    !existsSync(join(dirname(root), '.tfjs-node-gpu-setup'));

  test('says what it fetches from where to where, and puts it there; a second run asks the host for nothing', async () => {
    expect(target.installed).toBe(false);
    const said = await install();
    expect(said).toContain(`${host}/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz, 1 MB`);
    expect(said).toMatch(/ http:.+\/binding\/napi-v8\/4\.22\.0\/GPU-linux-4\.22\.0\.tar\.gz, \d+ MB/);
    expect(said).toContain(`into ${target.root}`);

    expect(target.installed).toBe(true);
    expect(readFileSync(join(target.root, 'deps/lib/libtensorflow.so.2.9.1')).length).toBe(300_000);
    expect(readFileSync(join(target.root, target.binding))).toEqual(readFileSync(someAddon()));
    const manifest = ({ root }: NativePackage) => readFileSync(join(root, 'package.json'), 'utf8');
    expect(manifest(target)).toBe(manifest(original!));
    expect(existsSync(join(dirname(target.root), '.tfjs-node-gpu-setup'))).toBe(false);

    asked.length = 0;
    expect(await install()).toBe(`TensorFlow's native library is already in ${target.root}`);
    expect(asked).toEqual([]);
  });

  test.each(['library', 'binding'] as const)('a %s that breaks off leaves nothing behind', async (name) => {
    answers[name] = 'half';
    await expect(install()).rejects.toMatchObject({ name: 'EngineError' });
    expect(nothingIn(target)).toBe(true);
  });

  test('what an earlier run left when it was killed is not taken for the library', async () => {
    const left = join(dirname(target.root), '.tfjs-node-gpu-setup', dirname(target.binding));
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, basename(target.binding)), 'half of it');
    await install();
    expect(readFileSync(join(target.root, target.binding))).toEqual(readFileSync(someAddon()));
  });

  test('a library that the host does not have is named', async () => {
    answers.library = 'missing';
    await expect(install()).rejects.toThrow(
      `there is no ${host}/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz`,
    );
    expect(nothingIn(target)).toBe(true);
  });

  test('a host that cannot be reached is named', async () => {
    for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'])
      vi.stubEnv(name, undefined);
    pointAt('http://127.0.0.1:9');
    await expect(install()).rejects.toThrow(/^127\.0\.0\.1:9 cannot be reached \(.+\): check the connection/);
    expect(nothingIn(target)).toBe(true);
  });

  test('a binding that cannot be loaded is refused', async () => {
    const whole = files.get('binding')!;
    files.set('binding', await packed('broken', { 'napi/tfjs_binding.node': Buffer.from('no library') }));
    await expect(install()).rejects.toThrow(/what was fetched cannot be loaded \(.+\): nothing was changed/);
    files.set('binding', whole);
    expect(nothingIn(target)).toBe(true);
  });

  test.each([
    ['darwin', 'arm64'],
    ['linux', 'arm64'],
    ['freebsd', 'x64'],
  ])('%s on %s is refused by name', (platform, arch) => {
    expect(() => requireSupported(target.root, platform, arch)).toThrow(
      `TensorFlow.js has no library for GPUs for ${platform} on ${arch}, only for Linux and Windows on x64`,
    );
  });
});
