/** A rehearsal takes what the run then takes: the same sets, the same programs, and runs that are no smaller. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlannedMemory } from '../../../core/contract/calls.ts';
import type {
  Device,
  Engine,
  Feeds,
  Program,
  ProgramSource,
  RunOptions,
  TensorSet,
  TensorSpec,
} from '../../../core/engine/engine.ts';
import { cpuDevice } from '../../../core/engine/devices.ts';
import { RunMemory } from '../../../core/engine/onnx/run-memory.ts';
import { usualCalibration } from '../../../core/planner/calibration.ts';
import { planOf } from '../../../core/planner/plan.ts';
import { rehearse } from '../../../core/planner/rehearsal.ts';
import type { RehearsalEngine } from '../../../core/planner/rehearsal-engine.ts';
import { runJob } from '../../../core/workbench/jobs.ts';
import { prepare } from '../../../core/workbench/prepare.ts';
import { parseRequest, type JobRequest } from '../../../core/workbench/request.ts';
import { openTestEngine } from '../../support/engine.ts';
import { tinyRequests, tinyWorld, type World } from '../workbench/tiny.ts';

let world: World;
let engine: Engine;
beforeAll(async () => {
  world = tinyWorld();
  engine = await openTestEngine();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

interface Seen {
  /** The tensors of every set that something was done with. */
  readonly sets: (readonly TensorSpec[])[];
  /** With what each of them was fed. */
  readonly programs: { readonly source: ProgramSource; readonly runs: Feeds[] }[];
}

/** The engine, with everything that is asked of it noted. */
function watched(real: Engine, seen: Seen): Engine {
  const watchSet = (set: TensorSet): TensorSet => {
    seen.sets.push(set.specs);
    const sibling = set.sibling.bind(set);
    return Object.assign(set, { sibling: () => watchSet(sibling()) });
  };
  const watchProgram = async (source: ProgramSource): Promise<Program> => {
    const program = await real.compile(source);
    const runs: Feeds[] = [];
    seen.programs.push({ source, runs });
    const run = (feeds: Feeds, options?: RunOptions) => {
      runs.push(feeds);
      return program.run(feeds, options);
    };
    return { run, dispose: () => program.dispose() };
  };
  return new Proxy(real, {
    get: (target, name) => {
      if (name === 'allocate') return (specs: readonly TensorSpec[]) => watchSet(target.allocate(specs));
      if (name === 'compile') return watchProgram;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function run(request: JobRequest): Promise<Seen> {
  const seen: Seen = { sets: [], programs: [] };
  await runJob(request, { engine: watched(engine, seen) });
  return seen;
}

async function rehearsed(request: JobRequest): Promise<RehearsalEngine> {
  const job = parseRequest(request);
  const { algorithm, seed } = job;
  return rehearse(prepare(job).train, { algorithm, seed, device: cpuDevice() });
}

const names = (specs: readonly TensorSpec[]): string =>
  specs.map(({ name, shape }) => `${name} ${shape.join('×')}`).join();

const sizeOf = (feeds: Feeds): number =>
  Object.values(feeds).reduce((total, { data, shape }) => total + (shape.length === 0 ? 0 : data.length), 0);
const shapeSize = (feeds: Feeds): number =>
  Object.values(feeds).reduce(
    (total, { shape }) => total + (shape.length === 0 ? 0 : shape.reduce((a, b) => a * b, 1)),
    0,
  );

const adapters = { loraRank: 2, loraDropout: 0.1 };
const variants: readonly (readonly [JobRequest['algorithm'], object])[] = [
  ['pretrain', {}],
  ['sft', {}],
  ['sft', { packing: true, recompute: true }],
  ['sft', { ...adapters, baseFloats: 'float16' }],
  ['reward-model', {}],
  ['reward-model', adapters],
  ['ppo', {}],
  ['ppo', { ...adapters, loraDropout: undefined, ptxCoef: 0 }],
];

describe.each(variants)('of %s with %o', (algorithm, changes) => {
  const out = `${algorithm}-${Object.keys(changes).join('-')}`;
  const request = (): JobRequest => {
    const tiny = tinyRequests[algorithm](world, out);
    const settings = Object.entries({ ...tiny.settings, ...changes }).filter(
      ([, value]) => value !== undefined,
    );
    return { ...tiny, settings: Object.fromEntries(settings) };
  };

  test('takes the same sets, makes the same programs and runs them with as much', async () => {
    const [planned, real] = [await rehearsed(request()), await run(request())];
    const sets = planned.sets.map(({ specs }) => names(specs)).sort();
    // What adds up gradients is the engine's own.
    expect(sets).toEqual(real.sets.map(names).sort());
    expect(planned.programs).toHaveLength(real.programs.length);
    for (const [i, { memory, runs }] of planned.programs.entries()) {
      const { source, runs: fed } = real.programs[i]!;
      const { nodes, inputs } = new RunMemory(source, 'cpu', true);
      expect([memory.nodes, memory.inputs]).toEqual([nodes, inputs]);
      const largest = Math.max(0, ...fed.map(sizeOf));
      // A later batch may be a little larger than those of the first steps.
      expect(Math.max(0, ...runs.map(shapeSize))).toBeGreaterThanOrEqual(0.75 * largest);
    }
  });
});

test('parts are known by what becomes of the sets', async () => {
  const { sets } = await rehearsed(tinyRequests.ppo(world, 'parts'));
  const count = (part: string) => sets.filter((set) => set.part === part).length;
  // Policy, average, reference, value and reward model; a sum for each trainee and one for the pretraining text.
  expect([count('weights'), count('gradients'), count('moments')]).toEqual([5, 3, 4]);
});

test('of adapters leaves the base where it is', async () => {
  const tiny = tinyRequests.sft(world, 'adapters');
  const { sets } = await rehearsed({ ...tiny, settings: { ...tiny.settings, ...adapters } });
  const bytes = (part: string) =>
    sets.filter((set) => set.part === part).reduce((total, set) => total + set.bytes, 0);
  expect(bytes('moments')).toBe(2 * bytes('adapters'));
  expect(bytes('weights')).toBeGreaterThan(10 * bytes('adapters'));
});

describe('on a graphics processor', () => {
  const rooms = {
    host: { available: null, limited: false },
    device: { available: 8e9, limited: false },
  };
  const planOn = async (device: Device) => {
    const { train } = prepare(parseRequest(tinyRequests.sft(world, 'graphics')));
    const engine = await rehearse(train, { algorithm: 'sft', seed: 3, device });
    return planOf(engine, { calibration: usualCalibration, process: 1e8, rooms }).memories;
  };
  const partsOf = (memory: PlannedMemory | undefined) => memory?.parts.map(({ part }) => part).sort();

  test('sets and programs are in its own memory', async () => {
    const [host, device] = await planOn({ provider: 'webgpu', name: 'Radeon', software: false });
    expect(partsOf(host)).toEqual(['process', 'transfers']);
    expect(partsOf(device)).toEqual(['activations', 'caches', 'gradients', 'moments', 'weights']);
    expect(device).toMatchObject({ place: 'device', available: 8e9 });
  });

  test('that is drawn in software everything is in the memory of the host', async () => {
    const memories = await planOn({ provider: 'webgpu', name: 'SwiftShader', software: true });
    expect(memories.map(({ place }) => place)).toEqual(['host']);
  });

  test('across a bus only programs are, with copies of what they read', async () => {
    const [host, device] = await planOn({ provider: 'cuda', name: 'H200', software: false });
    expect(partsOf(host)).toEqual(['gradients', 'moments', 'process', 'transfers', 'weights']);
    expect(partsOf(device)).toEqual(['activations', 'caches']);
  });
});

test('no file of weights is read, and nothing is written', async () => {
  const job = parseRequest(tinyRequests.sft(world, 'nothing'));
  const { train } = prepare(job);
  rmSync(world.at('model', 'model.safetensors'));
  await rehearse(train, { algorithm: 'sft', seed: 3, device: cpuDevice() });
});
