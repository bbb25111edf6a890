import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';
import type { Tensor as Symbolic } from '../../graph/tensor.ts';
import type { TensorSpec } from '../engine.ts';
import { scalarFeeds } from '../updates.ts';
import { Inputs } from './inputs.ts';
import { lower, type Lowered } from './lower.ts';
import { createSession, runSession, type SessionOptions, type Tensors } from './session.ts';
import type { Family, WebGpuTensorSet } from './webgpu-set.ts';

type UpdateGraph = (specs: readonly TensorSpec[]) => Record<string, Symbolic>;
type Factors = Readonly<Record<string, number>>;
type Sets = Readonly<Record<string, WebGpuTensorSet>>;

interface Update {
  readonly lowered: Lowered;
  readonly inputs: Inputs;
  readonly session: InferenceSession;
}

/** The update graphs of every family, compiled when first used; their results stay on the GPU. */
export class WebGpuUpdates {
  readonly #sessionOptions: (resident: readonly string[]) => SessionOptions;
  readonly #families = new WeakMap<Family, Map<UpdateGraph, Update>>();
  readonly #sessions = new Set<InferenceSession>();

  constructor(sessionOptions: (resident: readonly string[]) => SessionOptions) {
    this.#sessionOptions = sessionOptions;
  }

  /** Computes new tensors, by the names of the graph's outputs. */
  async compute(graph: UpdateGraph, family: Family, factors: Factors, sets: Sets = {}): Promise<Tensors> {
    const { lowered, inputs, session } = await this.#update(graph, family);
    const feeds = inputs.tensors(scalarFeeds(factors));
    for (const { value, group, name } of lowered.parameters) feeds[value] = sets[group]!.tensor(name);
    const fetches = Object.fromEntries(lowered.outputs.map(({ value }) => [value, null]));
    const results = await runSession(session, feeds, fetches);
    return Object.fromEntries(lowered.outputs.map(({ name, value }) => [name, results[value]!]));
  }

  /** Replaces the tensors of the sets that the graph's outputs are named after. */
  async apply(graph: UpdateGraph, factors: Factors, sets: Sets): Promise<void> {
    const family = await prepareFamily(sets);
    const results = await this.compute(graph, family, factors, sets);
    for (const [output, tensor] of Object.entries(results)) {
      const [group, name] = splitOnce(output);
      sets[group]!.replace(name, tensor);
    }
  }

  async release(): Promise<void> {
    for (const session of this.#sessions) await session.release();
    this.#sessions.clear();
  }

  async #update(graph: UpdateGraph, family: Family): Promise<Update> {
    const updates = this.#families.get(family) ?? new Map<UpdateGraph, Update>();
    this.#families.set(family, updates);
    const existing = updates.get(graph);
    if (existing) return existing;
    const lowered = lower({ outputs: graph(family.specs) }, 'webgpu');
    const resident = lowered.outputs.map(({ value }) => value);
    const session = await createSession(lowered.model, this.#sessionOptions(resident));
    this.#sessions.add(session);
    const update = { lowered, inputs: new Inputs(lowered), session };
    updates.set(graph, update);
    return update;
  }
}

async function prepareFamily(sets: Sets): Promise<Family> {
  const all = Object.values(sets);
  const { family } = all[0]!;
  if (all.some((set) => set.family !== family))
    throw new EngineError('only sets made from one another by sibling() can be combined');
  for (const set of all) await set.prepare();
  return family;
}

function splitOnce(output: string): [group: string, name: string] {
  const end = output.indexOf('/');
  return [output.slice(0, end), output.slice(end + 1)];
}
