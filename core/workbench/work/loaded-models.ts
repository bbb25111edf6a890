import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import type { DecodeOptions } from '../../generation/decode.ts';
import { StreamingGenerator } from '../../generation/stream.ts';
import type { Architecture } from '../../model/architecture.ts';
import { PlacedModel } from '../../model/placed.ts';
import { ScalarScorer } from '../../training/scoring.ts';
import { openFolder } from '../sources.ts';
import type { Texts } from '../texts.ts';

/** So many models stay loaded, unless one question needs more. */
const MOST = 4;
/** Padded tokens in one forward pass. */
const PASS = 4096;

export interface LoadedModel {
  readonly architecture: Architecture;
  readonly texts: Texts;
  readonly parameters: PlacedModel;
}

interface Kept extends LoadedModel {
  /** What its files were when they were read. */
  readonly signature: string;
}

interface KeptProgram {
  readonly architecture: string;
  readonly program: Promise<StreamingGenerator | ScalarScorer>;
}

/** The models that were used last, on an engine and with their programs, so that the next question begins at once. */
export class LoadedModels {
  readonly #engine: Engine;
  /** By their folders, the one that was used last at the end. */
  readonly #models = new Map<string, Kept>();
  readonly #programs = new Map<string, KeptProgram>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get isEmpty(): boolean {
    return this.#models.size === 0;
  }

  /** Lets go of what has changed on the disk, and of the models used longest ago where all together are too many. */
  async makeRoomFor(folders: readonly string[]): Promise<void> {
    for (const [folder, { signature }] of this.#models)
      if (signature !== signatureOf(folder)) this.#drop(folder);
    const others = [...this.#models.keys()].filter((folder) => !folders.includes(folder));
    const room = Math.max(0, MOST - new Set(folders).size);
    for (const folder of others.slice(0, Math.max(0, others.length - room))) this.#drop(folder);
    await this.#dropUnusedPrograms();
  }

  /** Throws a `ModelError` where the folder holds no model. */
  async load(folder: string): Promise<LoadedModel> {
    const model = this.#models.get(folder) ?? (await this.#read(folder));
    this.#models.delete(folder);
    this.#models.set(folder, model);
    return model;
  }

  streaming(architecture: Architecture, options: DecodeOptions): Promise<StreamingGenerator> {
    return this.#program(architecture, ['streaming', options], () =>
      StreamingGenerator.compile(this.#engine, architecture, options),
    );
  }

  scorer(architecture: Architecture): Promise<ScalarScorer> {
    return this.#program(architecture, ['scorer'], () =>
      ScalarScorer.compile(this.#engine, architecture, PASS),
    );
  }

  async #read(folder: string): Promise<Kept> {
    const signature = signatureOf(folder);
    const { model, texts } = openFolder(folder);
    const { config, head, adapter } = model;
    const architecture = { config, head, ...(adapter && { adapter }) };
    return { signature, texts, architecture, parameters: await PlacedModel.place(this.#engine, model) };
  }

  async #program<P extends StreamingGenerator | ScalarScorer>(
    architecture: Architecture,
    purpose: unknown,
    compile: () => Promise<P>,
  ): Promise<P> {
    const key = JSON.stringify([architecture, purpose]);
    const kept = this.#programs.get(key) ?? {
      architecture: JSON.stringify(architecture),
      program: compile(),
    };
    this.#programs.set(key, kept);
    return (await kept.program) as P;
  }

  #drop(folder: string): void {
    this.#models.get(folder)!.parameters.dispose();
    this.#models.delete(folder);
  }

  async #dropUnusedPrograms(): Promise<void> {
    const used = new Set([...this.#models.values()].map(({ architecture }) => JSON.stringify(architecture)));
    for (const [key, { architecture, program }] of this.#programs) {
      if (used.has(architecture)) continue;
      this.#programs.delete(key);
      await (await program).dispose();
    }
  }
}

const files = [
  ...['config.json', 'model.safetensors', 'model.safetensors.index.json'],
  ...['adapter_config.json', 'adapter_model.safetensors'],
  ...['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'generation_config.json'],
];

function signatureOf(folder: string): string {
  const stats = files.map((file) => statSync(join(folder, file), { throwIfNoEntry: false }));
  return stats.map((stat) => (stat ? `${stat.mtimeMs} ${stat.size}` : '')).join(';');
}
