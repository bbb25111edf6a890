import type { Tensor } from '../graph/tensor.ts';

export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'tensorflow';

/** A device as `devices` reports it. */
export interface Device {
  readonly provider: Provider;
  /** As its driver calls it, or the processor's model. */
  readonly name: string;
  /** Drawn by the processor: right, but slow, so never chosen by itself. */
  readonly software: boolean;
  /** Why it cannot be used and what to do, as a clause; absent where it can. */
  readonly unusable?: string;
  /** The driver with its version, where the system tells. */
  readonly driver?: string;
  /** Graphics processors that were seen and that this device does not use. */
  readonly others?: readonly string[];
  /** Whether it stores float16; absent where that is not known. */
  readonly float16?: boolean;
}

/** A value that crosses between the host and a device. Shape in elements, row-major data. */
export interface Value {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

export type Feeds = Readonly<Record<string, Value>>;
export type Values = Record<string, Value>;

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** How the device stores it; float32 where absent. */
  readonly dtype?: 'float16';
}

/**
 * Tensors by name that stay on the device between runs: parameters, moments, gradients, averages.
 * Sets made from one another by `sibling` have the same tensors and may be combined. A set with float16 tensors is
 * frozen: programs can read it, and `write` can fill it, but nothing else is offered.
 */
export interface TensorSet {
  readonly specs: readonly TensorSpec[];
  /** Holds no values, in a rehearsal: there is no need to read any for it. */
  readonly virtual?: true;
  /** Another set of the same tensors, filled with zeros. */
  sibling(): TensorSet;
  /** Copies from the host; names and sizes must be those of the set. What is not named stays. */
  write(values: Readonly<Record<string, Float32Array>>): Promise<void>;
  /** Copies to the host: the tensors named, or all. */
  read(names?: readonly string[]): Promise<Record<string, Float32Array>>;
  dispose(): void;
}

/** What a program computes. */
export interface ProgramSource {
  /** Returned to the host by every run. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Added, by parameter name, to the set a run names; never returned to the host. */
  readonly gradients?: Readonly<Record<string, Tensor>>;
}

export interface RunOptions {
  /** The set behind each parameter group of the graph. */
  readonly sets?: Readonly<Record<string, TensorSet>>;
  /** Where the program's gradients are added. */
  readonly gradients?: TensorSet;
}

/** A compiled graph. */
export interface Program {
  run(feeds: Feeds, options?: RunOptions): Promise<Values>;
  dispose(): Promise<void>;
}

/** What a step of AdamW reads and changes; moments are siblings of the parameters. */
export interface AdamWSets {
  readonly parameters: TensorSet;
  readonly gradients: TensorSet;
  readonly firstMoment: TensorSet;
  readonly secondMoment: TensorSet;
}

/** One step of AdamW (Loshchilov and Hutter 2019, Algorithm 2). */
export interface AdamWUpdate extends AdamWSets {
  /** Steps made, this one included: 1 for the first. */
  readonly step: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** A factor on the gradients, as clipping by norm asks for. */
  readonly gradientScale: number;
}

/** A device that runs graphs. Nothing above this interface knows what is behind it. */
export interface Engine {
  readonly device: Device;
  /** Whether sets may store float16. */
  readonly float16: boolean;
  /** Optimizer steps best made in one call (`FusedSteps`): 1 where resident tensors stay on the device between runs. */
  readonly stepsTogether: number;
  /** A set of new tensors, filled with zeros. */
  allocate(specs: readonly TensorSpec[]): TensorSet;
  compile(source: ProgramSource): Promise<Program>;
  zero(set: TensorSet): Promise<void>;
  /** target ← target + scale · source */
  addScaled(target: TensorSet, source: TensorSet, scale: number): Promise<void>;
  /** target ← target + weight · (source − target) */
  lerp(target: TensorSet, source: TensorSet, weight: number): Promise<void>;
  /** √ Σ x² over every tensor of the set. */
  norm(set: TensorSet): Promise<number>;
  adamw(update: AdamWUpdate): Promise<void>;
  /** Releases every program and set. */
  dispose(): Promise<void>;
}

export interface EngineOptions {
  /** `auto` takes the first usable device that is not drawn in software. */
  readonly device?: Provider | 'auto';
  /** Threads of the CPU provider; all cores by default. */
  readonly threads?: number;
  /** Once aborted, the next run rejects with `Cancelled`; a run under way is finished first. */
  readonly signal?: AbortSignal;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** Why `auto` passed over other devices, in one sentence each. */
  readonly notices: readonly string[];
}
