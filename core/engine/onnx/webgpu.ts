import type { Tensor } from 'onnxruntime-node';
import { type InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type {
  AdamWUpdate,
  Device,
  Engine,
  EngineOptions,
  Program,
  ProgramSource,
  RunOptions,
  TensorSet,
  TensorSpec,
} from '../engine.ts';
import {
  adamwFactors,
  adamwGraph,
  addScaledGraph,
  fillGraph,
  lerpGraph,
  sumOfSquaresGraph,
} from '../updates.ts';
import type { Lowered } from './lower.ts';
import { Programs, type Binding } from './program.ts';
import { copyModel } from './copy-model.ts';
import { Queue } from '../queue.ts';
import { describeSet, isFrozen } from '../sets.ts';
import { createSession, runSession, type SessionOptions, type Tensors } from './session.ts';
import { changeable, ours, WebGpuTensorSet, type Family, type GpuMemory } from './webgpu-set.ts';
import { floatsOf } from './tensors.ts';
import { WebGpuUpdates } from './webgpu-updates.ts';

export interface WebGpuOptions extends Pick<EngineOptions, 'signal'> {
  /** Refuse programs of which a part would run on the processor. */
  readonly wholly?: boolean;
}

/** Runs graphs on a graphics processor; resident tensors are its buffers. */
export class WebGpuEngine implements Engine {
  readonly device: Device;
  readonly float16: boolean;
  readonly stepsTogether = 1;
  readonly #queue: Queue;
  readonly #programs: Programs;
  readonly #updates: WebGpuUpdates;
  readonly #memory: GpuMemory;
  readonly #copies = new Copies();

  constructor(device: Device, { signal, wholly = false }: WebGpuOptions = {}) {
    this.device = device;
    this.float16 = device.float16 === true;
    this.#queue = new Queue(signal);
    const resident = (values: readonly string[]) => ({ ...residentOptions(values), wholly });
    const sessionOptions = ({ gradients }: Lowered) => resident(gradients.map(({ dense }) => dense!));
    this.#programs = new Programs({ provider: 'webgpu', sessionOptions, bind }, this.#queue);
    this.#updates = new WebGpuUpdates(resident);
    this.#memory = {
      queue: this.#queue,
      live: new Set(),
      upload: (tensor) => this.#copies.copy(tensor, 'gpu-buffer'),
      download: async (tensor) => floatsOf(await this.#copies.copy(tensor, 'cpu')),
      zeros: (family) => this.#zeros(family),
    };
  }

  allocate(specs: readonly TensorSpec[]): TensorSet {
    if (isFrozen(specs) && !this.float16)
      throw new EngineError(
        `${this.device.name} cannot store float16; store ${describeSet(specs)} as float32`,
      );
    return new WebGpuTensorSet({ specs }, this.#memory);
  }

  compile(source: ProgramSource): Promise<Program> {
    return this.#programs.compile(source);
  }

  zero(set: TensorSet): Promise<void> {
    return this.#queue.run(() => this.#updates.apply(fillGraph, { value: 0 }, { target: changeable(set) }));
  }

  addScaled(target: TensorSet, source: TensorSet, scale: number): Promise<void> {
    const sets = { target: changeable(target), source: changeable(source) };
    return this.#queue.run(() => this.#updates.apply(addScaledGraph, { scale }, sets));
  }

  lerp(target: TensorSet, source: TensorSet, weight: number): Promise<void> {
    const sets = { target: changeable(target), source: changeable(source) };
    return this.#queue.run(() => this.#updates.apply(lerpGraph, { weight }, sets));
  }

  norm(set: TensorSet): Promise<number> {
    return this.#queue.run(async () => {
      const target = changeable(set);
      await target.prepare();
      const { total } = await this.#updates.compute(sumOfSquaresGraph, target.family, {}, { target });
      const [sum] = await this.#memory.download(total!);
      total!.dispose();
      return Math.sqrt(sum!);
    });
  }

  adamw(update: AdamWUpdate): Promise<void> {
    const sets = {
      parameters: changeable(update.parameters),
      gradients: changeable(update.gradients),
      firstMoment: changeable(update.firstMoment),
      secondMoment: changeable(update.secondMoment),
    };
    return this.#queue.run(() => this.#updates.apply(adamwGraph, adamwFactors(update), sets));
  }

  dispose(): Promise<void> {
    return this.#queue.close(async () => {
      for (const set of this.#memory.live) set.release();
      await this.#programs.release();
      await this.#updates.release();
      await this.#copies.release();
    });
  }

  async #zeros(family: Family): Promise<Map<string, Tensor>> {
    const tensors = await this.#updates.compute(fillGraph, family, { value: 0 });
    return new Map(family.specs.map(({ name }) => [name, tensors[`target/${name}`]!]));
  }
}

/** The named outputs stay on the GPU. */
const residentOptions = (resident: readonly string[]): SessionOptions => ({
  executionProviders: ['webgpu'],
  preferredOutputLocation: Object.fromEntries(resident.map((value) => [value, 'gpu-buffer' as const])),
});

/** Feeds buffers; the sum so far goes in with the gradients and comes out as new buffers. */
async function bind(
  { parameters, gradients }: Lowered,
  { sets = {}, gradients: into }: RunOptions,
): Promise<Binding> {
  const groups = new Map(Object.entries(sets).map(([group, set]) => [group, ours(set)]));
  for (const set of groups.values()) await set.prepare();
  const feeds: Tensors = {};
  for (const { value, group, name } of parameters) feeds[value] = groups.get(group)!.tensor(name);
  if (gradients.length === 0) return { feeds, fetches: {}, finish: () => undefined };

  const sums = changeable(into!);
  await sums.prepare();
  const fetches: Record<string, null> = {};
  for (const { name, before, dense } of gradients) {
    feeds[before!] = sums.tensor(name);
    fetches[dense!] = null;
  }
  const finish = (results: Tensors) =>
    gradients.forEach(({ name, dense }) => sums.replace(name, results[dense!]!));
  return { feeds, fetches, finish };
}

/**
 * Copies tensors to and from the GPU by running them through a program that does nothing else: reading a GPU tensor
 * directly aborts the process.
 */
class Copies {
  readonly #sessions = new Map<string, InferenceSession>();

  async copy(tensor: Tensor, to: 'gpu-buffer' | 'cpu'): Promise<Tensor> {
    const dtype = tensor.type === 'float16' ? 'float16' : 'float32';
    const key = `${dtype} to ${to}`;
    const session = this.#sessions.get(key) ?? (await createSession(copyModel(dtype), copyOptions(to)));
    this.#sessions.set(key, session);
    const { to: copied } = await runSession(session, { from: tensor }, { to: null });
    return copied!;
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }
}

const copyOptions = (to: 'gpu-buffer' | 'cpu'): SessionOptions => ({
  executionProviders: ['webgpu'],
  preferredOutputLocation: { to },
});
