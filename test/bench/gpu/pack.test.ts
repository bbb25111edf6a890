import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSums } from './archives.ts';
import { pack, runtime, workbench } from './pack.ts';

const run = promisify(execFile);
const able =
  process.platform === 'linux' && process.arch === 'x64' && spawnSync('xz', ['--version']).status === 0;
const MEGABYTES_16 = 16 * 2 ** 20;

/** Nothing of this machine but its shell tools; `true` stands for a Python that has everything. */
const bare = { PATH: '/usr/bin:/bin', PYTHON: 'true' };

describe.skipIf(!able)('the pack for a machine with a card (only on Linux on x64 with xz)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'));
  const out = join(folder, 'pack');
  const archives = able ? [runtime(), workbench()] : [];
  const packAll = () => pack({ out, archives, pieceBytes: MEGABYTES_16, preset: 0 });
  const runThere = (into: string, ...flags: string[]) =>
    run('bash', [join(out, 'run.sh'), join(folder, into), ...flags], { env: bare, cwd: '/' });

  beforeAll(packAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is made of pieces of the size asked for, with their sums', () => {
    const sums = [...readSums(out)];
    expect(sums.length).toBeGreaterThan(2);
    for (const [piece, sum] of sums) {
      const path = join(out, piece);
      expect(statSync(path).size).toBeLessThanOrEqual(MEGABYTES_16);
      expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sum);
    }
  });

  it('lists the devices of a bare machine, and measures there', async () => {
    const { stdout } = await runThere('there', '--rehearse', '--only', 'unembedding');
    expect(stdout).toMatch(/^webgpu +SwiftShader/m);
    expect(stdout).toMatch(/limits of unembedding: ours, webgpu {2}\d/);
    expect(stdout).toMatch(/^ {2}ours, cpu +[\d.]+ +GFLOP\/s/m);
  });

  it('makes nothing again that is there already', async () => {
    const pieces = [...readSums(out).keys()].filter((piece) => piece.startsWith('runtime-'));
    const times = () => pieces.map((piece) => statSync(join(out, piece)).mtimeMs);
    const before = times();
    await packAll();
    expect(times()).toEqual(before);
  });

  it('says so when a piece was damaged on the way', async () => {
    const [piece] = readSums(out).keys();
    appendFileSync(join(out, piece!), 'x');
    await expect(runThere('elsewhere')).rejects.toThrow(
      /runtime-.* is damaged, or not all of its pieces are here/,
    );
  });
});
