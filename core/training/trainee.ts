import { join } from 'node:path';
import { SafetensorsFile, streamSafetensors } from '../data/safetensors.ts';
import type { Engine, Feeds, Program, TensorSet, Values } from '../engine/engine.ts';
import { loadModel, streamModel, type LateModel, type Model } from '../model/model.ts';
import { fill, lateTensors, PlacedModel } from '../model/placed.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { AdamW, type AdamWSettings } from '../optim/adamw.ts';

/** What an optimizer remembers, in a folder that a trainee was saved to. */
export const OPTIMIZER = 'optimizer.safetensors';

/** A model being trained: where it is on the device, and the optimizer that changes its own parameters. */
export class Trainee {
  readonly model: PlacedModel;
  readonly optimizer: AdamW;
  readonly #start: Model;

  private constructor(model: PlacedModel, optimizer: AdamW, start: Model) {
    this.model = model;
    this.optimizer = optimizer;
    this.#start = start;
  }

  static async start(engine: Engine, start: Model, settings: AdamWSettings): Promise<Trainee> {
    const model = await PlacedModel.place(engine, start);
    return new Trainee(model, new AdamW(engine, model.own, settings), start);
  }

  /** A copy of the model as it is now. */
  snapshot(): Promise<Model> {
    return this.model.read(this.#start);
  }

  /** Writes the model as a model folder, and beside its weights all the optimizer remembers, a tensor at a time. */
  async save(folder: string, tokenizer?: Tokenizer): Promise<void> {
    await saveModelFolder(this.model.late(this.#start), folder, tokenizer);
    const { steps, moments } = this.optimizer;
    const tensors = Object.entries(moments).flatMap(([kind, set]) =>
      [...lateTensors(set)].map(([name, tensor]) => [`${kind}/${name}`, tensor] as const),
    );
    await streamSafetensors(join(folder, OPTIMIZER), new Map(tensors), { metadata: { steps: `${steps}` } });
  }

  /** Goes on from what `save` wrote. */
  async restore(folder: string): Promise<void> {
    await fill(this.model.own, loadModel(folder).weights);
    const file = new SafetensorsFile(join(folder, OPTIMIZER));
    for (const [kind, set] of Object.entries(this.optimizer.moments))
      await fill(set, { get: (name) => file.read(`${kind}/${name}`) as Float32Array });
    this.optimizer.restore(Number(file.metadata['steps'] ?? file.read('steps')[0]));
  }

  dispose(): void {
    this.optimizer.dispose();
    this.model.dispose();
  }
}

/** Writes a model and its tokenizer as one folder that every command takes. */
export async function saveModelFolder(
  model: LateModel,
  folder: string,
  tokenizer?: Tokenizer,
): Promise<void> {
  await streamModel(model, folder, tokenizer && { tokens: tokenizer });
  tokenizer?.save(folder);
}

/** Sums of a program's scalar outputs over the parts of a batch. */
export type Totals = Record<string, number>;

export interface BatchRun {
  readonly program: Program;
  readonly sets: Readonly<Record<string, TensorSet>>;
  /** Where gradients are added; absent for programs without. */
  readonly gradients?: TensorSet;
}

/**
 * Runs a program over a batch in parts that fit, adding up gradients and scalar outputs. The losses weigh every
 * token by the size of the whole batch, so the sums do not depend on how it is cut. Outputs named in `largest`
 * are reduced by maximum instead.
 */
export async function runInParts<Part>(
  { program, sets, gradients }: BatchRun,
  parts: readonly Part[],
  feeds: (part: Part) => Feeds,
  largest: readonly string[] = [],
): Promise<Totals> {
  let totals: Totals = {};
  for (const part of parts) {
    const outputs = await program.run(feeds(part), { sets, ...(gradients && { gradients }) });
    totals = addUp(totals, outputs, largest);
  }
  return totals;
}

/** Totals with the scalar outputs of one more part. */
export function addUp(totals: Totals, outputs: Values, largest: readonly string[] = []): Totals {
  const entries = Object.entries(outputs).map(([name, { data }]) => {
    const before = totals[name] ?? 0;
    return [name, largest.includes(name) ? Math.max(before, data[0]!) : before + data[0]!] as const;
  });
  return Object.fromEntries(entries);
}
