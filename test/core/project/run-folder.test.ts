import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigurationError, DataError, TrainingError } from '../../../core/contract/errors.ts';
import { randomStream } from '../../../core/data/random.ts';
import { readTensors } from '../../../core/data/safetensors.ts';
import { RunFolder, type RunManifest } from '../../../core/project/run-folder.ts';

const manifest: RunManifest = {
  version: 1,
  algorithm: 'ppo',
  configuration: { klCoef: 0.02, nested: { list: [1, null, 'a'] } },
  seed: 1,
  device: 'cpu',
  models: { policy: { path: 'models/sft', sha256: 'ab' } },
  data: {},
  versions: { workbench: '0.1.0', node: 'v24', onnxruntime: '1.30.0' },
  createdAt: '2026-01-02T03:04:05.000Z',
};

const newPath = () => join(mkdtempSync(join(tmpdir(), 'run-')), 'run');
const opened: RunFolder[] = [];

function create(path = newPath()): RunFolder {
  const run = RunFolder.create(path, manifest);
  opened.push(run);
  return run;
}

/** The same folder as another process would find it: this one's hold on it is gone. */
function reopen(run: RunFolder): RunFolder {
  run.unlock();
  const again = RunFolder.open(run.path);
  again.lock();
  opened.push(again);
  return again;
}

afterEach(() => {
  for (const run of opened.splice(0)) run.unlock();
});

const tensors = new Map([['rewards', { shape: [2], data: Float32Array.of(1, 2) }]]);
const save = (folder: string) => writeFileSync(join(folder, 'state'), 'state');

/** A run with lines and rollouts for steps 1 to 6 and checkpoints at 2, 4 and 6. */
async function sixSteps(): Promise<RunFolder> {
  const run = create();
  for (let step = 1; step <= 6; step++) {
    run.appendMetrics(step, { loss: step });
    run.appendSamples(step, [{ text: 'a' }, { text: 'b' }]);
    run.writeRollouts(step, tensors);
    if (step % 2 === 0) await run.saveCheckpoint(step, save, { keep: 9 });
  }
  return run;
}

const steps = (records: readonly { step: number }[]) => records.map(({ step }) => step);

describe('manifest', () => {
  test('opens as it was created', () => {
    const run = create();
    expect(RunFolder.open(run.path).manifest).toEqual(manifest);
  });

  test('a folder with anything in it is no place for a new run', () => {
    const path = newPath();
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.txt'), '');
    expect(() => create(path)).toThrow(/is not empty \(it holds thesis\.txt\)/);
    expect(() => create(path)).toThrow(ConfigurationError);
    expect(readdirSync(path)).toEqual(['thesis.txt']);
  });

  test('a folder without a manifest is no run', () => {
    expect(() => RunFolder.open(tmpdir())).toThrow(/run\.json cannot be read: there is no such file/);
  });

  test('a malformed manifest is refused by field, before anything is written', () => {
    const path = newPath();
    expect(() => RunFolder.create(path, { ...manifest, seed: 0.5 })).toThrow(/is malformed: "seed"/);
    expect(existsSync(path)).toBe(false);
  });
});

describe('lines', () => {
  test('metrics that are not finite survive', () => {
    const run = create();
    run.appendMetrics(1, { loss: NaN, norm: Infinity, least: -Infinity, lr: 1e-5 });
    const [record] = run.readMetrics();
    expect(record).toMatchObject({ step: 1, loss: NaN, norm: Infinity, least: -Infinity, lr: 1e-5 });
    expect(Math.abs(record!.time - Date.now())).toBeLessThan(10_000);
  });

  test('samples keep their text, and a step may have none', () => {
    const run = create();
    run.appendSamples(1, [{ completion: 'NaN\n', score: 2 }]);
    run.appendSamples(2, []);
    expect(run.readSamples()).toEqual([{ step: 1, completion: 'NaN\n', score: 2 }]);
  });

  test('a torn last line is passed over by readers and cut by the next writer', () => {
    const run = create();
    run.appendMetrics(1, { loss: 1 });
    appendFileSync(join(run.path, 'metrics.jsonl'), '{"step":2,"lo');
    expect(steps(run.readMetrics())).toEqual([1]);
    const again = reopen(run);
    again.appendMetrics(2, { loss: 2 });
    expect(steps(again.readMetrics())).toEqual([1, 2]);
  });

  test('a spoilt line is named, and a rewind drops it with what follows', () => {
    const run = create();
    run.appendMetrics(1, { loss: 1 });
    appendFileSync(join(run.path, 'metrics.jsonl'), '\0\0\0\n');
    run.appendMetrics(2, { loss: 2 });
    expect(() => run.readMetrics()).toThrow(/metrics\.jsonl line 2 is no record of a step/);
    expect(() => run.readMetrics()).toThrow(DataError);
    run.rewindTo(2);
    expect(steps(run.readMetrics())).toEqual([1]);
  });

  test('rollouts read back', () => {
    const run = create();
    run.writeRollouts(12, tensors);
    expect(readdirSync(join(run.path, 'rollouts'))).toEqual(['000012.safetensors']);
    expect(run.rolloutSteps()).toEqual([12]);
    expect(run.readRollouts(12)).toEqual(tensors);
  });
});

describe('checkpoints', () => {
  test('only the newest are kept, in order of step', async () => {
    const run = create();
    for (const step of [9, 10, 1_000_000]) await run.saveCheckpoint(step, save, { keep: 2 });
    expect(steps(run.checkpoints())).toEqual([10, 1_000_000]);
    expect(run.latestCheckpoint()?.path).toBe(join(run.path, 'checkpoints/1000000'));
    expect(readdirSync(join(run.path, 'checkpoints')).sort()).toEqual(['000010', '1000000']);
    expect(readFileSync(join(run.checkpointAt(10)!.path, 'state'), 'utf8')).toBe('state');
    expect(run.checkpointAt(9)).toBeUndefined();
  });

  test('one that fails leaves the ones before it', async () => {
    const run = create();
    await run.saveCheckpoint(1, save, { keep: 1 });
    const failing = run.saveCheckpoint(2, () => Promise.reject(new Error('disk full')), { keep: 1 });
    await expect(failing).rejects.toThrow('disk full');
    expect(readdirSync(join(run.path, 'checkpoints'))).toEqual(['000001']);
  });

  test('one is never written over', async () => {
    const run = create();
    await run.saveCheckpoint(1, save, { keep: 1 });
    await expect(run.saveCheckpoint(1, save, { keep: 1 })).rejects.toThrow(/000001 exists already/);
  });

  test('leftovers are no checkpoints, and the next writer removes them', async () => {
    const run = create();
    await run.saveCheckpoint(1, save, { keep: 1 });
    mkdirSync(join(run.path, 'checkpoints/.partial-000002'));
    expect(run.latestCheckpoint()?.step).toBe(1);
    RunFolder.open(run.path);
    expect(existsSync(join(run.path, 'checkpoints/.partial-000002'))).toBe(true);
    reopen(run);
    expect(readdirSync(join(run.path, 'checkpoints'))).toEqual(['000001']);
  });
});

describe('rewinding', () => {
  test('drops all that came after the step', async () => {
    const run = await sixSteps();
    const before = readFileSync(join(run.path, 'metrics.jsonl'), 'utf8');
    run.rewindTo(4);
    expect(steps(run.readMetrics())).toEqual([1, 2, 3, 4]);
    expect(steps(run.readSamples())).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(run.rolloutSteps()).toEqual([1, 2, 3, 4]);
    expect(steps(run.checkpoints())).toEqual([2, 4]);
    expect(before.startsWith(readFileSync(join(run.path, 'metrics.jsonl'), 'utf8'))).toBe(true);
  });

  test('to the beginning leaves the manifest alone', async () => {
    const run = await sixSteps();
    run.rewindTo(0);
    expect(run.readMetrics()).toEqual([]);
    expect(run.latestCheckpoint()).toBeUndefined();
    expect(RunFolder.open(run.path).manifest).toEqual(manifest);
  });
});

describe('the lock', () => {
  const lockOf = (run: RunFolder) => join(run.path, 'run.lock');
  const owner = (changes: object) =>
    JSON.stringify({ pid: process.pid, host: hostname(), birth: 'x', ...changes });

  test('a folder is written to by one holder at a time', () => {
    const run = create();
    const other = RunFolder.open(run.path);
    expect(other.isLocked()).toBe(true);
    expect(() => other.lock()).toThrow(new RegExp(`is in use by process ${process.pid}: stop it`));
    expect(() => other.lock()).toThrow(TrainingError);
    run.unlock();
    expect(other.isLocked()).toBe(false);
    reopen(other).appendMetrics(1, {});
  });

  test('nothing is written without it', async () => {
    const run = create();
    run.unlock();
    expect(() => run.appendMetrics(1, {})).toThrow(/lock the run before writing to it/);
    expect(() => run.appendSamples(1, [])).toThrow(TrainingError);
    expect(() => run.writeRollouts(1, tensors)).toThrow(TrainingError);
    expect(() => run.rewindTo(0)).toThrow(TrainingError);
    await expect(run.saveCheckpoint(1, save, { keep: 1 })).rejects.toThrow(TrainingError);
  });

  test('that of a dead process is taken over', () => {
    const run = create();
    run.unlock();
    // Beyond the largest number a process can have.
    writeFileSync(lockOf(run), owner({ pid: 2 ** 30 }));
    expect(run.isLocked()).toBe(false);
    run.lock();
    expect(run.isLocked()).toBe(true);
  });

  test('that of a dead process whose number is in use again is taken over', () => {
    const run = create();
    run.unlock();
    writeFileSync(lockOf(run), owner({}));
    run.lock();
    expect(readdirSync(run.path).sort()).toEqual(['run.json', 'run.lock']);
  });

  test('that of another machine is not', () => {
    const run = create();
    run.unlock();
    writeFileSync(lockOf(run), owner({ host: 'elsewhere' }));
    expect(() => run.lock()).toThrow(
      /process \d+ on elsewhere: if it no longer runs there, delete .*run\.lock/,
    );
  });

  test('that of a live process is not', async () => {
    const run = create();
    run.unlock();
    const child = startWriter(run.path);
    while (!run.isLocked()) await sleep(5);
    expect(() => run.lock()).toThrow(new RegExp(`in use by process ${child.pid}:`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    run.lock();
  });
});

const startWriter = (path: string) =>
  spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path], { stdio: 'inherit' });

describe('a killed writer', () => {
  test('always leaves a run that can be resumed from its latest checkpoint', async () => {
    const run = create();
    run.unlock();
    const stream = randomStream(Date.now(), 'kills');
    for (let kill = 0; kill < 20; kill++) {
      await killAfterAWhile(run, 1 + stream.integer(60));
      checkResumable(run);
    }
    expect(run.latestCheckpoint()).toBeDefined();
  });
});

/** Starts a writer and kills it so many milliseconds after it has begun to write. */
async function killAfterAWhile(run: RunFolder, milliseconds: number): Promise<void> {
  const child = startWriter(run.path);
  const exit = once(child, 'exit');
  while (!run.isLocked() && child.exitCode === null) await sleep(2);
  expect(child.exitCode).toBeNull();
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await exit;
}

/** Rewinds to the latest checkpoint and checks every number in the folder. */
function checkResumable(run: RunFolder): void {
  run.lock();
  const latest = run.latestCheckpoint()?.step ?? 0;
  run.rewindTo(latest);
  const expected = Array.from({ length: latest }, (_, i) => i + 1);
  expect(run.readMetrics().map(({ step, loss }) => [step, loss])).toEqual(expected.map((n) => [n, n * 2]));
  expect(steps(run.readSamples())).toEqual(expected.flatMap((n) => [n, n]));
  expect(run.rolloutSteps()).toEqual(expected);
  if (latest > 0) expect(run.readRollouts(latest).get('w')!.data[4095]).toBe(latest);
  for (const { step, path } of run.checkpoints()) {
    expect(readdirSync(path).sort()).toEqual(['model.safetensors', 'state.json']);
    expect(readTensors(join(path, 'model.safetensors')).tensors.get('w')!.data[0]).toBe(step);
  }
  expect(run.checkpoints().length).toBeLessThanOrEqual(3);
  expect(readdirSync(run.path, { recursive: true }).filter((name) => name.includes('.partial'))).toEqual([]);
  run.unlock();
}
