/**
 * Where the time of a training step goes: by the clock, for each part that the host asks for, and by what ONNX Runtime
 * writes down of every kernel it starts on the device (of every node, where the device is the processor).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { Engine, Provider } from '../../../core/engine/engine.ts';
import { add, input } from '../../../core/graph/build.ts';
import { median } from '../benchmark.ts';
import { roughModel, withEngine } from '../models.ts';
import { trainingOperations } from '../operations.ts';
import { trainingStep } from '../sft.ts';
import { gpt2Step, type Scale } from './cases.ts';

export interface Kernel {
  readonly name: string;
  /** Of one step. */
  readonly calls: number;
  readonly milliseconds: number;
}

export interface Profile {
  /** Milliseconds of a step by what was called; `drain` waits for what the calls left unfinished. */
  readonly parts: Readonly<Record<string, number>>;
  readonly stepMilliseconds: number;
  /** All kernels of a step by their op, longest first. */
  readonly kernels: readonly Kernel[];
  /** The longest of them, told apart by the shapes of what they read and write. */
  readonly longest: readonly Kernel[];
  /** 10⁹ operations a second of the kernels that are matrix products. */
  readonly productRate: number;
}

const WARM_UP = 3;
const STEPS = 5;

export async function profileStep(device: Provider, scale: Scale): Promise<Profile> {
  const parts = await withEngine((engine) => timeParts(engine, scale), device);
  const events = await profiledEvents(device, scale);
  const kernels = added(events, ({ name }) => name);
  const products = kernels.filter(({ name }) => /^(Gemm|MatMul|FusedMatMul)/.test(name));
  const { config, batch, length } = gpt2Step(scale);
  const operations = batch * trainingOperations(config, length, length - 1);
  return {
    parts,
    stepMilliseconds: sum(Object.values(parts)),
    kernels,
    longest: added(events, ({ name, shapes }) => `${name} ${shapes}`).slice(0, 15),
    productRate: operations / sum(products.map(({ milliseconds }) => milliseconds)) / 1e6,
  };
}

const prepare = (engine: Engine, scale: Scale) => {
  const size = gpt2Step(scale);
  return trainingStep(engine, size, roughModel(size.config));
};

/** Medians over the steps. */
async function timeParts(engine: Engine, scale: Scale): Promise<Record<string, number>> {
  let times: Record<string, number> = {};
  const note = (part: string, milliseconds: number) => (times[part] = (times[part] ?? 0) + milliseconds);
  const step = await prepare(timed(engine, note), scale);
  const drain = timed({ run: await emptyRun(engine) }, (_, milliseconds) => note('drain', milliseconds));
  const steps: Record<string, number>[] = [];
  for (let i = 0; i < WARM_UP + STEPS; i++) {
    times = {};
    await step();
    await drain.run();
    steps.push(times);
  }
  const measured = steps.slice(WARM_UP);
  return Object.fromEntries(
    Object.keys(measured[0]!).map((part) => [part, median(measured.map((each) => each[part]!))]),
  );
}

/** What comes back from the device comes after all before. */
async function emptyRun(engine: Engine): Promise<() => Promise<unknown>> {
  const program = await engine.compile({ outputs: { y: add(input('x', 'float32', [1]), 1) } });
  return () => program.run({ x: { data: Float32Array.of(1), shape: [1] } });
}

type Note = (method: string, milliseconds: number) => void;

/** The same object, whose asynchronous methods are timed; programs that it compiles are timed too. */
function timed<T extends object>(target: T, note: Note): T {
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const began = performance.now();
        const result: unknown = value.apply(target, args);
        if (!(result instanceof Promise)) return result;
        return result.then((made: unknown) => {
          if (key === 'compile') return timed(made as object, note);
          note(String(key), performance.now() - began);
          return made;
        });
      };
    },
  });
}

interface Event extends Kernel {
  /** Of its arguments, as ONNX Runtime writes them. */
  readonly shapes: string;
}

/** The kernels of one step. Every session writes a file when it ends; its runs are counted to know those of a step. */
async function profiledEvents(device: Provider, scale: Scale): Promise<Event[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workbench-profile-'));
  const sessions = recordSessions(folder);
  try {
    return await withEngine(async (engine) => {
      const step = await prepare(engine, scale);
      for (let i = 0; i < WARM_UP; i++) await step();
      const before = sessions.map(({ runs }) => runs);
      await step();
      return sessions.flatMap(({ session, file, runs }, i) => {
        session.endProfiling();
        const share = (runs - (before[i] ?? 0)) / runs;
        return share > 0 ? readEvents(folder, file, share) : [];
      });
    }, device);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Recorded {
  readonly session: InferenceSession;
  readonly file: string;
  runs: number;
}

/** From now on every session of this process writes down its kernels. */
function recordSessions(folder: string): Recorded[] {
  const recorded: Recorded[] = [];
  const create = InferenceSession.create.bind(InferenceSession) as typeof createRecorded;
  async function createRecorded(
    model: Uint8Array,
    options: InferenceSession.SessionOptions,
  ): Promise<InferenceSession> {
    const file = `session-${recorded.length}_`;
    const profiling = { enableProfiling: true, profileFilePrefix: join(folder, file.slice(0, -1)) };
    const session = await create(model, { ...options, ...profiling });
    const own: Recorded = { session, file, runs: 0 };
    const run = session.run.bind(session) as (...args: unknown[]) => Promise<InferenceSession.ReturnType>;
    session.run = (...args: unknown[]) => {
      own.runs += 1;
      return run(...args);
    };
    recorded.push(own);
    return session;
  }
  InferenceSession.create = createRecorded as typeof InferenceSession.create;
  return recorded;
}

/** An event of ONNX Runtime's profile; times are microseconds. */
interface Written {
  readonly cat: 'Session' | 'Node' | 'Api';
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly shapes?: string;
    readonly op_name?: string;
    readonly input_type_shape?: unknown;
  };
}

function readEvents(folder: string, file: string, share: number): Event[] {
  const name = readdirSync(folder).find((each) => each.startsWith(file))!;
  const written = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Written[];
  const onDevice = written.filter(({ cat }) => cat === 'Api');
  const events = onDevice.length > 0 ? onDevice : written.filter(isNode);
  return events.map(({ name, dur, args = {} }) => ({
    name: args.op_name ?? kernelName(name),
    shapes: shapesOf(args),
    calls: share,
    milliseconds: (dur / 1000) * share,
  }));
}

/** Written as node, op and kernel with ampersands between; the last two are often the same. */
const kernelName = (written: string): string => [...new Set(written.split('&').slice(-2))].join(': ');

/** Written as `inputs[0] = {32,8} inputs[1] = {32,24} outputs[0] = {32,24}`. */
const shapesOf = ({ shapes, input_type_shape: inputs }: NonNullable<Written['args']>): string =>
  shapes
    ?.replaceAll(/inputs\[\d+\] = /g, '')
    .replace('outputs[0] =', '→')
    .replaceAll(/outputs\[\d+\] = /g, '')
    .trim() ?? JSON.stringify(inputs);

const isNode = ({ cat, name }: Written): boolean => cat === 'Node' && name.endsWith('_kernel_time');

/** Adds up the events of the same key; longest first. */
function added(events: readonly Event[], key: (event: Event) => string): Kernel[] {
  const groups = Map.groupBy(events, key);
  return [...groups]
    .map(([name, group]) => ({
      name,
      calls: Math.round(sum(group.map(({ calls }) => calls))),
      milliseconds: sum(group.map(({ milliseconds }) => milliseconds)),
    }))
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
