import { versionOfFolder } from '../../data/files.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DecodeOptions } from '../../generation/decode.ts';
import { StreamingGenerator } from '../../generation/stream.ts';
import type { Architecture } from '../../model/architecture.ts';
import { PlacedModel } from '../../model/placed.ts';
import { ScalarScorer, SCORED_TOGETHER } from '../../training/scoring.ts';
import { openFolder } from '../sources.ts';
import type { Texts } from '../texts.ts';

/** So many models stay loaded, unless one question needs more. */
const MOST = 4;

export interface LoadedModel {
  readonly architecture: Architecture;
  readonly texts: Texts;
  readonly parameters: PlacedModel;
}

interface Kept extends LoadedModel {
  /** What it was read from: its folder and that of its base. */
  readonly folders: readonly string[];
  /** What was in them then. */
  readonly version: string;
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
    for (const [folder, { folders: read, version }] of this.#models)
      if (version !== versionOfFolders(read)) this.#drop(folder);
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
      ScalarScorer.compile(this.#engine, architecture, SCORED_TOGETHER),
    );
  }

  async #read(folder: string): Promise<Kept> {
    const { model, texts } = openFolder(folder);
    const { config, head, adapter, base } = model;
    const folders = [folder, ...(base ? [base.folder] : [])];
    const version = versionOfFolders(folders);
    const architecture = { config, head, ...(adapter && { adapter }) };
    const parameters = await PlacedModel.place(this.#engine, model);
    return { folders, version, texts, architecture, parameters };
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
    try {
      return (await kept.program) as P;
    } catch (error) {
      this.#programs.delete(key);
      throw error;
    }
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

const versionOfFolders = (folders: readonly string[]): string => folders.map(versionOfFolder).join('\n\n');
