/**
 * The package, as electron-builder makes it. Electron itself is a stand-in, because its binary may not be here: an
 * empty program, which has no fuses to set. All else is real: the archive, what lies beside it, and the workbench
 * that runs from there.
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Arch, build, Platform, type Configuration } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../core/contract/connection.ts';
import { ensureBuilt, projectRoot, shellBuild, windowBuild } from '../../core/host/build.ts';
import { Backend } from '../../electron/main/backend.ts';
import { placesOf } from '../../electron/main/places.ts';

const require = createRequire(import.meta.resolve('app-builder-lib/package.json'));
const { getConfig, validateConfiguration } = require('./out/util/config/config.js') as {
  getConfig: (projectDir: string, file: string | null, options: null) => Promise<Configuration>;
  validateConfiguration: (config: Configuration, logger: unknown) => Promise<void>;
};
const { DebugLogger } = require('builder-util') as { DebugLogger: new (enabled: boolean) => unknown };
const { FileMatcher } = require('./out/fileMatcher.js') as {
  FileMatcher: new (
    from: string,
    to: string,
    expand: (pattern: string) => string,
    patterns: readonly string[],
  ) => { createFilter(): (path: string, stat: { isDirectory(): boolean }) => boolean };
};
const { listPackage } = require('@electron/asar') as { listPackage: (archive: string) => string[] };

const readConfiguration = () => getConfig(projectRoot, 'electron-builder.yml', null);

describe('the configuration of the package', () => {
  it("is valid by the builder's own schema", async () => {
    await validateConfiguration(await readConfiguration(), new DebugLogger(false));
  });

  it('is not valid with a field that the schema does not know', async () => {
    const config = { ...(await readConfiguration()), asarUnpacked: [] } as Configuration;
    await expect(validateConfiguration(config, new DebugLogger(false))).rejects.toThrow(/asarUnpacked/);
  });

  it('makes the packages of every system, and takes its powers from the Electron in them', async () => {
    const { linux, mac, win, electronFuses } = await readConfiguration();
    expect([linux?.target, mac?.target, win?.target]).toEqual([['AppImage', 'deb'], ['dmg'], ['nsis']]);
    expect(electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
  });

  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
  ])('takes of the native modules only those of %s on %s', async (platform, arch) => {
    const { files } = await readConfiguration();
    // As the builder reads the list.
    const [{ filter }] = files as unknown as [{ filter: string[] }];
    const expand = (pattern: string) =>
      pattern.replaceAll('${platform}', platform).replaceAll('${arch}', arch);
    const patterns = ['**/*', ...filter.filter((pattern) => pattern.startsWith('!'))];
    const isPacked = new FileMatcher(projectRoot, '', expand, patterns).createFilter();
    const native = globSync('node_modules/{onnxruntime-node,better-sqlite3}/**/*.{node,so.1,dylib,dll}', {
      cwd: projectRoot,
    });
    const packed = native.filter((path) => isPacked(join(projectRoot, path), { isDirectory: () => false }));
    expect(packed).toContain(`node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`);
    expect(packed.some((path) => path.endsWith('onnxruntime_binding.node'))).toBe(true);
    const own = new RegExp(`${platform}[/-]${arch}`);
    expect(packed.filter((path) => !own.test(path))).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  const resources = join(folder, 'out/linux-unpacked/resources');
  const beside = (path: string) => existsSync(join(resources, 'app.asar.unpacked', path));

  beforeAll(async () => {
    ensureBuilt(windowBuild);
    ensureBuilt(shellBuild);
    mkdirSync(join(folder, 'electron'));
    for (const name of ['electron', 'version', 'LICENSE', 'LICENSES.chromium.html'])
      writeFileSync(join(folder, 'electron', name), '');
    await build({
      projectDir: projectRoot,
      targets: Platform.LINUX.createTarget('dir', process.arch === 'arm64' ? Arch.arm64 : Arch.x64),
      config: {
        extends: join(projectRoot, 'electron-builder.yml'),
        electronDist: join(folder, 'electron'),
        electronFuses: null,
        directories: { output: join(folder, 'out') },
      },
    });
  }, 300_000);
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('has the shell and the window in its archive, and no source of theirs, no test and no tool', () => {
    const packed = listPackage(join(resources, 'app.asar'));
    for (const path of [
      '/electron/dist/main.js',
      '/electron/dist/preload.cjs',
      '/renderer/dist/index.html',
      '/renderer/dist/crash.html',
    ])
      expect(packed).toContain(path);
    const needless =
      /^\/(test|renderer\/(?!dist)|electron\/(?!dist)|\.)|^\/node_modules\/(electron|vite)(\/|$)/;
    expect(packed.filter((path) => needless.test(path))).toEqual([]);
  });

  it('has beside the archive what plain Node runs', () => {
    for (const path of [
      'package.json',
      'core/host/backend.ts',
      'core/host/trainer.ts',
      'resources/starter/model/model.safetensors',
      'node_modules/onnxruntime-node/package.json',
      'node_modules/better-sqlite3/package.json',
    ])
      expect(beside(path), path).toBe(true);
    // The window's own packages are in its bundle already.
    expect(beside('node_modules/react')).toBe(false);
    expect(globSync('**/*.wasm', { cwd: join(resources, 'app.asar.unpacked/core') })).not.toEqual([]);
  });

  it('runs: its own Node opens the starter project and samples from its model', async () => {
    const places = placesOf({
      root: join(resources, 'app.asar'),
      packaged: true,
      resources,
      platform: process.platform,
      environment: {},
    });
    const home = join(folder, 'home');
    mkdirSync(home);
    vi.stubEnv('HOME', home);
    vi.stubEnv('XDG_CONFIG_HOME', join(home, '.config'));
    const log: string[] = [];
    const backend = new Backend({ node: places.node, script: places.backend }, (line) => log.push(line));
    onTestFinished(() => backend.stop());
    const window = connect(backend.open());
    const ended = new Promise<string>((resolve) => {
      window.on('work', ({ state, message }) => {
        if (state !== 'queued' && state !== 'working') resolve(`${state}: ${message}`);
      });
    });
    expect(await window.call('project.openStarter', {})).toMatchObject({ name: 'Starter' });
    const [model] = await window.call('models.list', {});
    await window.call('rank.sample', { models: [model!.path], prompts: 1, completions: 2, maxTokens: 8 });
    expect(await ended).toBe('done: completions sampled for 1 prompt');
    expect(log).toEqual([]);
  });
});
