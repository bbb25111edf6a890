/**
 * A run is a folder:
 *
 *     run.json                      what was asked for: written once, when the run begins
 *     metrics.jsonl                 one line a step
 *     samples.jsonl                 one line a sample
 *     rollouts/000012.safetensors   per-token arrays of one step
 *     checkpoints/000050/           all that is needed to go on after step 50
 *     annotations.json              what a person says of it
 *     run.lock                      the process that trains here now
 *
 * A kill at any moment leaves at most a torn last line and hidden leftovers. Readers pass over both, and
 * taking the lock removes them. JSON has no word for numbers that are not finite, and a diverged run must show
 * them: they are written as the strings "NaN", "Infinity" and "-Infinity".
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, DataError, TrainingError } from '../contract/errors.ts';
import {
  PARTIAL,
  openToRead,
  readBytes,
  readJson,
  reason,
  syncFile,
  syncFolder,
  syncTree,
  writeFileAtomic,
} from '../data/files.ts';
import { readTensors, writeSafetensors, type HostTensor, type HostTensors } from '../data/safetensors.ts';
import { holdsLock, isLocked, releaseLock, takeLock } from './lock.ts';
import { toColumns, type MetricColumns } from './metric-columns.ts';

const Source = z.object({ path: z.string(), sha256: z.string() });

export const RunManifest = z.looseObject({
  version: z.literal(1),
  algorithm: z.enum(['pretrain', 'sft', 'reward-model', 'ppo']),
  configuration: z.record(z.string(), z.json()),
  seed: z.int(),
  device: z.string(),
  /** What the run began with, by role and name. */
  models: z.record(z.string(), Source),
  data: z.record(z.string(), Source),
  versions: z.object({ workbench: z.string(), node: z.string(), onnxruntime: z.string() }),
  createdAt: z.iso.datetime(),
  /** The run and step that this one goes on from. */
  parent: z.object({ run: z.string(), step: z.int() }).optional(),
  /** Steps of the whole run; runs of earlier versions do not say. */
  steps: z.int().optional(),
});

export type RunManifest = z.infer<typeof RunManifest>;

/** One line of `metrics.jsonl`; `time` is in milliseconds since 1970. */
export type MetricsRecord = { readonly step: number; readonly time: number } & Readonly<
  Record<string, number>
>;

export type SampleRecord = { readonly step: number } & Readonly<Record<string, unknown>>;

export interface Checkpoint {
  readonly step: number;
  readonly path: string;
}

const MANIFEST = 'run.json';
const METRICS = 'metrics.jsonl';
const SAMPLES = 'samples.jsonl';
const LOCK = 'run.lock';
const ROLLOUTS = 'rollouts';
const CHECKPOINTS = 'checkpoints';
const ROLLOUT_SUFFIX = '.safetensors';

/** A run's folder. Any process may read it; only the one that holds its lock may write. */
export class RunFolder {
  readonly path: string;
  readonly manifest: RunManifest;

  private constructor(path: string, manifest: RunManifest) {
    this.path = path;
    this.manifest = manifest;
  }

  /** Makes a new run's folder and locks it. */
  static create(path: string, manifest: RunManifest): RunFolder {
    const complete = checkManifest(manifest, 'the manifest of a new run');
    fs.mkdirSync(path, { recursive: true });
    const run = new RunFolder(fs.realpathSync(path), complete);
    takeLock(run.#at(LOCK));
    try {
      run.#begin();
      return run;
    } catch (error) {
      run.unlock();
      throw error;
    }
  }

  /** Opens a run to read it, be it under way or not; `lock` before writing. */
  static open(path: string): RunFolder {
    const file = join(path, MANIFEST);
    const manifest = checkManifest(readJson(file), file);
    return new RunFolder(fs.realpathSync(path), manifest);
  }

  /**
   * Makes this the only process that writes here, and removes what a killed one left half-written. Throws a
   * `TrainingError` where another live process has the lock; that of a dead one is taken over.
   */
  lock(): void {
    takeLock(this.#at(LOCK));
    this.#removeLeftovers();
  }

  unlock(): void {
    releaseLock(this.#at(LOCK));
  }

  /** Whether some process, this one included, is training here. */
  isLocked(): boolean {
    return isLocked(this.#at(LOCK));
  }

  /** Returns when the step was made, as its line says. */
  appendMetrics(step: number, record: Readonly<Record<string, number>>): number {
    const time = Date.now();
    this.#append(METRICS, [{ step, time, ...record }]);
    return time;
  }

  appendSamples(step: number, records: readonly Readonly<Record<string, unknown>>[]): void {
    this.#append(
      SAMPLES,
      records.map((record) => ({ step, ...record })),
    );
  }

  readMetrics(): MetricsRecord[] {
    return readLines(this.#at(METRICS)).map((line) => reviveNumbers(line));
  }

  /** The metrics after a step as columns: far faster than records, and without what a crash has spoilt. */
  metricColumns(after = 0): MetricColumns {
    const path = this.#at(METRICS);
    return toColumns(fs.existsSync(path) ? readBytes(path).toString('utf8') : '', after);
  }

  /** The bytes of the lines of metrics, from one on. */
  metricBytes(from: number): Buffer {
    const path = this.#at(METRICS);
    return fs.existsSync(path) ? readFrom(path, from) : Buffer.alloc(0);
  }

  /** What a step reported, where it is there. */
  metricsAt(step: number): MetricsRecord | undefined {
    const path = this.#at(METRICS);
    if (!fs.existsSync(path)) return undefined;
    const bytes = readBytes(path);
    // `appendMetrics` writes the step first.
    const start = bytes.lastIndexOf(`{"step":${step},`);
    const end = bytes.indexOf('\n', start);
    return start < 0 || end < 0 ? undefined : toMetrics(parseRecord(bytes.toString('utf8', start, end)));
  }

  /** The last step whose metrics are there; 0 before the first. Reads only the end of the file. */
  lastStep(): number {
    return this.lastMetrics()?.step ?? 0;
  }

  lastMetrics(): MetricsRecord | undefined {
    return toMetrics(lastRecord(this.#at(METRICS)));
  }

  /** Numbers that are not finite stay strings here: a sample's text may well say "NaN". */
  readSamples(): SampleRecord[] {
    return readLines(this.#at(SAMPLES)) as SampleRecord[];
  }

  /** The answers to the watched prompts, among all samples. */
  readWatched(): SampleRecord[] {
    return completeLines(this.#at(SAMPLES))
      .filter((line) => line.includes('"watched":true'))
      .flatMap((line) => parseRecord(line) ?? []);
  }

  writeRollouts(step: number, tensors: ReadonlyMap<string, HostTensor>): void {
    this.#requireLock();
    fs.mkdirSync(this.#at(ROLLOUTS), { recursive: true });
    writeSafetensors(this.#at(ROLLOUTS, stepName(step) + ROLLOUT_SUFFIX), tensors);
  }

  readRollouts(step: number): HostTensors {
    return readTensors(this.#at(ROLLOUTS, stepName(step) + ROLLOUT_SUFFIX)).tensors;
  }

  /** The steps whose rollouts are kept, in order. */
  rolloutSteps(): number[] {
    return stepsIn(this.#at(ROLLOUTS), ROLLOUT_SUFFIX);
  }

  /**
   * Saves a checkpoint, whole or not at all: `write` fills a hidden folder, which takes its name once all of it
   * and the lines so far are on disk. Then all but the newest `keep` checkpoints go.
   */
  async saveCheckpoint(
    step: number,
    write: (folder: string) => void | Promise<void>,
    { keep }: { readonly keep: number },
  ): Promise<Checkpoint> {
    this.#requireLock();
    const path = this.#at(CHECKPOINTS, stepName(step));
    if (fs.existsSync(path))
      throw new TrainingError(`${path} exists already: rewind the run before it first`);
    const partial = this.#at(CHECKPOINTS, PARTIAL + stepName(step));
    fs.rmSync(partial, { recursive: true, force: true });
    fs.mkdirSync(partial, { recursive: true });
    try {
      await write(partial);
      this.#commit(partial, path);
    } catch (error) {
      fs.rmSync(partial, { recursive: true, force: true });
      throw error;
    }
    this.#prune(keep);
    return { step, path };
  }

  /** Complete checkpoints, oldest first. */
  checkpoints(): Checkpoint[] {
    const path = (step: number) => this.#at(CHECKPOINTS, stepName(step));
    return stepsIn(this.#at(CHECKPOINTS), '').map((step) => ({ step, path: path(step) }));
  }

  latestCheckpoint(): Checkpoint | undefined {
    return this.checkpoints().at(-1);
  }

  checkpointAt(step: number): Checkpoint | undefined {
    return this.checkpoints().find((checkpoint) => checkpoint.step === step);
  }

  /**
   * Makes the folder what it was after a step: later lines, rollouts and checkpoints go, and so does anything
   * after a line that a crash of the machine has spoilt. Each file changes whole, and a rewind cut short may
   * simply be made again.
   */
  rewindTo(step: number): void {
    this.#requireLock();
    for (const checkpoint of this.checkpoints().filter((later) => later.step > step))
      discardFolder(checkpoint.path);
    for (const later of this.rolloutSteps().filter((rollout) => rollout > step))
      fs.rmSync(this.#at(ROLLOUTS, stepName(later) + ROLLOUT_SUFFIX));
    for (const file of [METRICS, SAMPLES]) rewindLines(this.#at(file), step);
  }

  #at(...names: string[]): string {
    return join(this.path, ...names);
  }

  #begin(): void {
    const present = fs.readdirSync(this.path).filter((name) => name !== LOCK && !name.startsWith(PARTIAL));
    if (present.length > 0)
      throw new ConfigurationError(
        `${this.path} is not empty (it holds ${present[0]!}): choose another folder for the run, or resume it`,
      );
    writeFileAtomic(this.#at(MANIFEST), JSON.stringify(this.manifest, null, 2) + '\n');
  }

  #removeLeftovers(): void {
    for (const folder of [this.path, this.#at(ROLLOUTS), this.#at(CHECKPOINTS)])
      for (const name of namesIn(folder))
        if (name.startsWith(PARTIAL)) fs.rmSync(join(folder, name), { recursive: true, force: true });
    for (const file of [METRICS, SAMPLES]) cutTornLine(this.#at(file));
  }

  #requireLock(): void {
    if (!holdsLock(this.#at(LOCK)))
      throw new TrainingError(`${this.path} is open for reading only: lock the run before writing to it`);
  }

  #append(file: string, records: readonly object[]): void {
    this.#requireLock();
    if (records.length === 0) return;
    const path = this.#at(file);
    try {
      fs.appendFileSync(path, records.map((record) => `${JSON.stringify(record, spellNumbers)}\n`).join(''));
    } catch (error) {
      throw new TrainingError(`${path} cannot be written: ${reason(error)}`, { cause: error });
    }
  }

  #commit(partial: string, path: string): void {
    syncTree(partial);
    // A checkpoint on disk vouches for the lines before it.
    for (const file of [METRICS, SAMPLES]) if (fs.existsSync(this.#at(file))) syncFile(this.#at(file));
    fs.renameSync(partial, path);
    syncFolder(this.#at(CHECKPOINTS));
    syncFolder(this.path);
  }

  #prune(keep: number): void {
    const checkpoints = this.checkpoints();
    for (const { path } of checkpoints.slice(0, Math.max(0, checkpoints.length - keep))) discardFolder(path);
  }
}

function checkManifest(value: unknown, what: string): RunManifest {
  const result = RunManifest.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new DataError(`${what} is malformed: "${path.join('.')}" ${message}`);
}

/** Hides a folder before emptying it, so that a kill never leaves half of it under its name. */
function discardFolder(path: string): void {
  const hidden = path.replace(/[^/\\]+$/, (name) => PARTIAL + name);
  fs.rmSync(hidden, { recursive: true, force: true });
  fs.renameSync(path, hidden);
  fs.rmSync(hidden, { recursive: true });
}

const stepName = (step: number): string => String(step).padStart(6, '0');

function stepsIn(folder: string, suffix: string): number[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(suffix) && /^\d+$/.test(name.slice(0, name.length - suffix.length)))
    .map((name) => parseInt(name, 10))
    .sort((a, b) => a - b);
}

const namesIn = (folder: string): string[] => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

const spellNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

const reviveNumbers = (record: object): MetricsRecord =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, Number(value)])) as MetricsRecord;

const toMetrics = (record: object | undefined): MetricsRecord | undefined => record && reviveNumbers(record);

/** The lines of a file, less a torn last one. */
function completeLines(path: string): string[] {
  if (!fs.existsSync(path)) return [];
  return readBytes(path).toString('utf8').split('\n').slice(0, -1);
}

function readLines(path: string): object[] {
  return completeLines(path).map((line, i) => {
    const record = parseRecord(line);
    if (record === undefined)
      throw new DataError(
        `${path} line ${i + 1} is no record of a step: rewind the run to drop what follows`,
      );
    return record;
  });
}

function parseRecord(line: string): { step: number } | undefined {
  try {
    const record = JSON.parse(line) as { step?: unknown } | null;
    return typeof record?.step === 'number' ? (record as { step: number }) : undefined;
  } catch {
    return undefined;
  }
}

function readFrom(path: string, from: number): Buffer {
  const descriptor = openToRead(path);
  try {
    const bytes = Buffer.alloc(Math.max(0, fs.fstatSync(descriptor).size - from));
    return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, bytes.length, from));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Longer than any line of metrics. */
const TAIL = 1 << 16;

function lastRecord(path: string): { step: number } | undefined {
  if (!fs.existsSync(path)) return undefined;
  const descriptor = openToRead(path);
  try {
    const { size } = fs.fstatSync(descriptor);
    const tail = Buffer.alloc(Math.min(TAIL, size));
    fs.readSync(descriptor, tail, 0, tail.length, size - tail.length);
    const end = tail.lastIndexOf('\n');
    return end < 0 ? undefined : parseRecord(tail.toString('utf8', tail.lastIndexOf('\n', end - 1) + 1, end));
  } finally {
    fs.closeSync(descriptor);
  }
}

function rewindLines(path: string, step: number): void {
  cutTornLine(path);
  const lines = completeLines(path);
  const records = lines.map(parseRecord);
  const spoilt = records.indexOf(undefined);
  const whole = spoilt < 0 ? lines : lines.slice(0, spoilt);
  const kept = whole.filter((_, i) => records[i]!.step <= step);
  if (kept.length < lines.length) writeFileAtomic(path, kept.map((line) => `${line}\n`).join(''));
}

function cutTornLine(path: string): void {
  if (!fs.existsSync(path)) return;
  const bytes = readBytes(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) fs.truncateSync(path, end);
}
