import { join } from 'node:path';
import { readTensors, writeSafetensors, type HostTensor } from '../data/safetensors.ts';
import type { Engine, Feeds, Program, TensorSet } from '../engine/engine.ts';
import { fromDevice, loadModel, saveModel, toDevice, type Model } from '../model/model.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { AdamW, type AdamWSettings } from '../optim/adamw.ts';
import { microBatches, type Sequence } from './sequences.ts';

/** What an optimizer remembers, in a folder that a trainee was saved to. */
export const OPTIMIZER = 'optimizer.safetensors';

/** A model being trained: its parameters on the device and the optimizer that changes them. */
export class Trainee {
  readonly parameters: TensorSet;
  readonly optimizer: AdamW;
  readonly #model: Omit<Model, 'weights'>;

  private constructor(parameters: TensorSet, optimizer: AdamW, model: Model) {
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.#model = { config: model.config, head: model.head };
  }

  static async start(engine: Engine, model: Model, settings: AdamWSettings): Promise<Trainee> {
    const parameters = await toDevice(engine, model);
    return new Trainee(parameters, new AdamW(engine, parameters, settings), model);
  }

  /** A copy of the model as it is now. */
  snapshot(): Promise<Model> {
    return fromDevice(this.parameters, this.#model);
  }

  /** Writes the model as a model folder, and beside its weights all the optimizer remembers. */
  async save(folder: string, tokenizer?: Tokenizer): Promise<void> {
    saveModelFolder(await this.snapshot(), folder, tokenizer);
    const { steps, firstMoment, secondMoment } = await this.optimizer.state();
    const tensors = new Map<string, HostTensor>([['steps', { shape: [1], data: Int32Array.of(steps) }]]);
    for (const [kind, moments] of Object.entries({ first: firstMoment, second: secondMoment }))
      for (const { name, shape } of this.parameters.specs)
        tensors.set(`${kind}/${name}`, { shape, data: moments[name]! });
    writeSafetensors(join(folder, OPTIMIZER), tensors);
  }

  /** Goes on from what `save` wrote. */
  async restore(folder: string): Promise<void> {
    await this.parameters.write(Object.fromEntries(loadModel(folder).weights));
    const { tensors } = readTensors(join(folder, OPTIMIZER));
    const moments = (kind: string) =>
      Object.fromEntries(
        this.parameters.specs.map(({ name }) => [name, tensors.get(`${kind}/${name}`)!.data as Float32Array]),
      );
    await this.optimizer.restore({
      steps: tensors.get('steps')!.data[0]!,
      firstMoment: moments('first'),
      secondMoment: moments('second'),
    });
  }

  dispose(): void {
    this.optimizer.dispose();
    this.parameters.dispose();
  }
}

/** Writes a model and its tokenizer as one folder that every command takes. */
export function saveModelFolder(model: Model, folder: string, tokenizer?: Tokenizer): void {
  saveModel(model, folder, tokenizer && { tokens: tokenizer });
  tokenizer?.save(folder);
}

/** Sums of a program's scalar outputs over the parts of a batch. */
export type Totals = Record<string, number>;

export interface BatchRun {
  readonly program: Program;
  readonly sets: Readonly<Record<string, TensorSet>>;
  /** Where gradients are added; absent for programs without. */
  readonly gradients?: TensorSet;
  readonly maxTokens: number;
}

/**
 * Runs a program over a batch in parts that fit, adding up gradients and scalar outputs. The losses weigh every
 * token by the size of the whole batch, so the sums do not depend on how it is cut. Outputs named in `largest`
 * are reduced by maximum instead.
 */
export async function runInParts(
  { program, sets, gradients, maxTokens }: BatchRun,
  sequences: readonly Sequence[],
  feeds: (part: Sequence[], indices: number[]) => Feeds,
  largest: readonly string[] = [],
): Promise<Totals> {
  const totals: Totals = {};
  for (const indices of microBatches(sequences, maxTokens)) {
    const part = indices.map((i) => sequences[i]!);
    const outputs = await program.run(feeds(part, indices), { sets, ...(gradients && { gradients }) });
    for (const [name, { data }] of Object.entries(outputs)) {
      const before = totals[name] ?? 0;
      totals[name] = largest.includes(name) ? Math.max(before, data[0]!) : before + data[0]!;
    }
  }
  return totals;
}
