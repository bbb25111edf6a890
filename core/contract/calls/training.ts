/** Models, runs and what they tell, reward models, and the work under way. */
import { z } from 'zod';
import * as e from '../entities.ts';
import { memoryParts, type MemoryPart } from '../memory.ts';
import { call, nothing, Started } from './form.ts';

/** A model folder that completions can be sampled from, or that can score them. */
export const ModelFolder = z.strictObject({
  path: e.Path,
  name: z.string(),
  head: z.enum(['language', 'scalar']),
  /** Whether it is an adapter over another model's weights. */
  adapter: z.boolean(),
  /** Most tokens of prompt and completion together. */
  context: z.int(),
  /** The run that made it, and after which step; null for other folders. */
  run: z.strictObject({ path: e.Path, step: z.int() }).nullable(),
});
export type ModelFolder = z.infer<typeof ModelFolder>;

export const Work = z.strictObject({
  id: z.string(),
  kind: z.enum(['sample', 'score', 'import', 'run', 'play', 'evaluate', 'measure', 'export']),
  title: z.string(),
  state: z.enum(['queued', 'working', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number(),
  /** One sentence: what it does now, or why it failed and what to do. */
  message: z.string(),
  /** The folder of the run that is worked on. */
  run: e.Path.nullable(),
  /** For a run that stopped: whether it can go on from a checkpoint. */
  resumable: z.boolean(),
  startedAt: e.Time,
});
export type Work = z.infer<typeof Work>;

const Tags = z.array(z.string().trim().min(1).max(40)).max(20);
const Algorithm = z.enum(['pretrain', 'sft', 'reward-model', 'ppo']);
const SettingValues = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()]));

export const RunSummary = z.strictObject({
  path: e.Path,
  name: z.string(),
  algorithm: Algorithm,
  createdAt: e.Time,
  /** Steps made, and steps in the whole run; 0 where a run of an earlier version does not say. */
  step: z.int(),
  steps: z.int(),
  state: z.enum(['queued', 'working', 'stopped', 'finished']),
  resumable: z.boolean(),
  /** The work on it that is queued or under way. */
  work: z.string().nullable(),
  settings: SettingValues,
  seed: z.int(),
  tags: Tags,
  note: z.string(),
  /** The metrics of the last step, those that are finite. */
  last: z.record(z.string(), z.number()),
});
export type RunSummary = z.infer<typeof RunSummary>;

const Source = z.strictObject({ role: z.string(), path: e.Path, sha256: z.string() });

export const RunDetail = z.strictObject({
  run: RunSummary,
  device: z.string(),
  versions: z.record(z.string(), z.string()),
  models: z.array(Source),
  data: z.array(Source),
  parent: z.strictObject({ path: e.Path, step: z.int() }).nullable(),
  /** Kept ones, oldest first; each holds a model. */
  checkpoints: z.array(z.strictObject({ step: z.int(), model: e.Path })),
  /** Steps whose rollouts are kept, in order. */
  rolloutSteps: z.instanceof(Int32Array),
});
export type RunDetail = z.infer<typeof RunDetail>;

/** Columns of one length, a row a step; NaN where a step did not report a metric. */
export const RunMetrics = z.strictObject({
  steps: z.instanceof(Int32Array),
  /** Milliseconds since 1970. */
  times: z.instanceof(Float64Array),
  values: z.record(z.string(), z.instanceof(Float64Array)),
});
export type RunMetrics = z.infer<typeof RunMetrics>;

/** What is told of every token of a rollout. */
export const tokenQuantities = [
  'kl',
  'advantages',
  'values',
  'rewards',
  'returns',
  'logprobs',
  'referenceLogprobs',
] as const;
export type TokenQuantity = (typeof tokenQuantities)[number];

/** The completions of one PPO step, all tokens end to end; `lengths` cut them. */
export const Rollouts = z.strictObject({
  step: z.int(),
  /** β of the step. */
  klCoef: z.number(),
  prompts: z.array(z.string()),
  completions: z.array(z.string()),
  /** Tokens of each completion, the end token included. */
  lengths: z.instanceof(Int32Array),
  /** Text of every token; a part of a character shows as \uFFFD, an end token as its name. */
  tokens: z.array(z.string()),
  ended: z.array(z.boolean()),
  /** One a completion, after the missing-end rule. */
  scores: z.instanceof(Float32Array),
  quantities: z.record(z.enum(tokenQuantities), z.instanceof(Float32Array)),
});
export type Rollouts = z.infer<typeof Rollouts>;

/** The answers to one prompt over a run, oldest first. */
export const WatchedPrompt = z.strictObject({
  prompt: z.string(),
  answers: z.array(
    z.strictObject({
      step: z.int(),
      completion: z.string(),
      ended: z.boolean(),
      /** Of the reward model, and of the hidden preference, where there is one. */
      score: z.number().nullable(),
      gold: z.number().nullable(),
    }),
  ),
});
export type WatchedPrompt = z.infer<typeof WatchedPrompt>;

export const detectors = [
  'negative-kl',
  'ratio-blow-up',
  'entropy-collapse',
  'eos-collapse',
  'length-drift',
  'identical-completions',
  'value-divergence',
  'over-optimisation',
  'reward-scale-drift',
] as const;
export type Detector = (typeof detectors)[number];

/** What the PPO doctor has found. */
export const Finding = z.strictObject({
  detector: z.enum(detectors),
  severity: z.enum(['warning', 'danger']),
  title: z.string(),
  /** One sentence with the numbers. */
  evidence: z.string(),
  /** The step where it began. */
  since: z.int(),
  /** What to change. */
  suggestion: z.string(),
  /** The metrics that show it. */
  metrics: z.array(z.string()),
});
export type Finding = z.infer<typeof Finding>;

/** Nodes and edges, from a run's checkpoint down to the labels it learned from. */
export const Lineage = z.strictObject({
  nodes: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['run', 'model', 'snapshot', 'labels', 'file']),
      title: z.string(),
      detail: z.string(),
      /** Of runs and folders. */
      path: e.Path.nullable(),
    }),
  ),
  /** `to` was made from `from`, which was its `role`. */
  edges: z.array(z.strictObject({ from: z.string(), to: z.string(), role: z.string() })),
});
export type Lineage = z.infer<typeof Lineage>;

const Group = z.strictObject({ name: z.string(), heldOut: z.boolean(), accuracy: e.Estimate });

/** A reward model on held-out pairs; ties are left out. */
export const RewardModelReport = z.strictObject({
  model: e.Path,
  madeAt: e.Time,
  pairs: z.int(),
  accuracy: e.Estimate,
  byLabeler: z.array(Group),
  byUseCase: z.array(Group),
  /** By how sure the labeler was: the distance of the ranks, as far as it tells. */
  byConfidence: z.array(Group),
  /** Pairs of labelers whose labels never train; null where there are none. */
  heldOutLabelers: e.Estimate.nullable(),
  /** How often labelers agree with each other, and with themselves: what a model can hope for. */
  labelerAgreement: e.Estimate.nullable(),
  selfAgreement: e.Estimate.nullable(),
  /** Pairs by predicted probability σ(Δr) that the first is preferred, and how often it was. */
  calibration: z.array(
    z.strictObject({ from: z.number(), to: z.number(), predicted: z.number(), observed: e.Estimate }),
  ),
  /** Expected calibration error over those bins (Guo et al. 2017). */
  ece: z.number(),
  /** Histogram of chosen minus rejected. */
  margins: z.strictObject({ edges: z.array(z.number()), counts: z.array(z.int()), mean: z.number() }),
  /** Pearson's, of reward and completion length in tokens, within prompts and overall. */
  lengthCorrelation: z.strictObject({ overall: z.number(), withinPrompts: z.number(), n: z.int() }),
  /** A sample of (length, reward) for a scatter plot. */
  lengths: z.strictObject({ tokens: z.instanceof(Float32Array), rewards: z.instanceof(Float32Array) }),
});
export type RewardModelReport = z.infer<typeof RewardModelReport>;

const RunForm = z.strictObject({
  name: e.Name,
  algorithm: Algorithm,
  model: e.Path,
  rewardModel: e.Path.optional(),
  /** Fills the roles of `data` that are not given: demonstrations, rankings, prompts and their validation. */
  snapshot: e.Id.optional(),
  data: z.record(z.string(), z.array(e.Path)).default({}),
  preset: z.enum(['paper', 'small', 'starter']),
  settings: SettingValues.default({}),
  seed: z.int().default(0),
  /** The round that it belongs to. */
  round: e.Id.optional(),
});
export type RunForm = z.infer<typeof RunForm>;

/** One memory of the machine, and what a run takes of it at its peak, in bytes. */
export const PlannedMemory = z.strictObject({
  /** `device` is a graphics processor's own. */
  place: z.enum(['host', 'device']),
  /** The largest first. */
  parts: z.array(
    z.strictObject({
      part: z.enum(Object.keys(memoryParts) as [MemoryPart, ...MemoryPart[]]),
      bytes: z.number(),
    }),
  ),
  total: z.number(),
  /** What there is for the run; null where nothing tells. */
  available: z.number().nullable(),
  /** Whether that is what the settings allow, and not what is free. */
  limited: z.boolean(),
});
export type PlannedMemory = z.infer<typeof PlannedMemory>;

/** What memory a run will take, and what becomes of it. */
export const MemoryVerdict = z.strictObject({
  device: z.strictObject({ provider: z.string(), name: z.string() }),
  memories: z.array(PlannedMemory),
  /** Where it does not fit: why, and the change of settings that would make it fit, if there is one. */
  refusal: z.string().nullable(),
  changes: SettingValues.nullable(),
});
export type MemoryVerdict = z.infer<typeof MemoryVerdict>;

const Export = z.strictObject({
  model: e.Path,
  /** The folder to write; must not exist or be empty. */
  out: e.Path,
  /** The whole model, an adapter added to its weights; or the adapter alone, as PEFT reads it. */
  as: z.enum(['merged', 'adapter']).default('merged'),
  dtype: z.enum(['float32', 'float16', 'bfloat16']).default('float32'),
  /** Most bytes of a file of weights. */
  maxShardBytes: z.int().min(1_000_000).default(5_000_000_000),
});

const OfRun = z.strictObject({ path: e.Path });
const Removed = z.strictObject({ id: z.string(), name: z.string(), removedAt: e.Time, bytes: z.int() });

export const trainingCalls = {
  'models.list': call(nothing, z.array(ModelFolder)),
  /** Lists a folder from outside the project from now on, in every project. */
  'models.add': call(z.strictObject({ path: e.Path }), ModelFolder),
  'models.forget': call(z.strictObject({ path: e.Path }), nothing),
  /** Writes a model as a folder that transformers and PEFT read; a `work` of kind `export` that ends with what to know of it. */
  'models.export': call(Export, Started),

  // Starting and steering runs.
  /** A form with what the project suggests: the newest model of the stage before, its newest snapshot. */
  'runs.suggest': call(
    z.strictObject({ algorithm: Algorithm, round: e.Id.optional() }),
    RunForm.partial({ model: true, rewardModel: true, snapshot: true }),
  ),
  /** What is wrong with a form, by field (`settings.klCoef`, `model`, `data.prompts`), and what it would do. */
  'runs.check': call(
    RunForm,
    z.strictObject({
      problems: z.array(z.strictObject({ field: z.string(), message: z.string() })),
      /** Optimizer steps, and how many examples each role has; null and empty while there are problems. */
      steps: z.int().nullable(),
      examples: z.record(z.string(), z.int()),
    }),
  ),
  /** What memory it would take, of a form with no problems; takes a second or more. */
  'runs.memory': call(RunForm, MemoryVerdict),
  'runs.start': call(RunForm, Started),
  'runs.resume': call(OfRun, Started),
  /** A new run that goes on from a kept checkpoint (the latest by default) under other settings. */
  'runs.fork': call(
    z.strictObject({
      path: e.Path,
      step: z.int().positive().optional(),
      name: e.Name,
      settings: SettingValues.default({}),
    }),
    Started,
  ),
  /** Ends a run for good where it is: the model of its latest checkpoint becomes the run's. */
  'runs.end': call(OfRun, nothing),

  // The table of runs.
  'runs.list': call(nothing, z.array(RunSummary)),
  'runs.detail': call(OfRun, RunDetail),
  'runs.annotate': call(
    z.strictObject({ path: e.Path, tags: Tags.optional(), note: z.string().max(10_000).optional() }),
    nothing,
  ),
  /** Bytes on disk by run, in the order of `runs.list`. */
  'runs.diskUse': call(nothing, z.array(z.strictObject({ path: e.Path, bytes: z.int() }))),
  /** Moves a run to the project's bin, from where it can be restored. */
  'runs.remove': call(OfRun, z.strictObject({ id: z.string() })),
  'runs.restore': call(z.strictObject({ id: z.string() }), OfRun),
  'runs.bin': call(nothing, z.array(Removed)),
  /** Removes what is in the bin for good. */
  'runs.emptyBin': call(nothing, z.strictObject({ bytes: z.int() })),

  // What a run tells.
  /** The steps after one; live ones follow as `metrics` events. */
  'runs.metrics': call(z.strictObject({ path: e.Path, after: z.int().default(0) }), RunMetrics),
  'runs.samples': call(OfRun, z.array(WatchedPrompt)),
  'runs.rollouts': call(z.strictObject({ path: e.Path, step: z.int() }), Rollouts),
  /** What the PPO doctor finds; nothing on a healthy run. */
  'runs.doctor': call(OfRun, z.array(Finding)),
  'runs.lineage': call(OfRun, Lineage),

  // Reward models.
  /** Null until it was measured. */
  'rewardModels.report': call(z.strictObject({ model: e.Path }), RewardModelReport.nullable()),
  /** Measures a reward model on the held-out rankings of the project; a `work` of kind `measure`. */
  'rewardModels.measure': call(z.strictObject({ model: e.Path }), Started),
  /** Whether PPO may rely on it; the reasons against, each one sentence. */
  'rewardModels.readiness': call(
    z.strictObject({ model: e.Path }),
    z.strictObject({ ready: z.boolean(), reasons: z.array(z.string()) }),
  ),

  // Work under way.
  'work.list': call(nothing, z.array(Work)),
  /** Ends it at the next checkpoint, or between two parts. */
  'work.stop': call(z.strictObject({ id: z.string() }), nothing),
} as const;
