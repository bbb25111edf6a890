/**
 * Every setting of the training algorithms. Sources: [P] InstructGPT (arXiv 2203.02155), [LHP] openai/
 * lm-human-preferences, [SFF] summarize-from-feedback, [N+] vwxyzjn/summarize_from_feedback_details, [TRL]
 * huggingface/trl, [LoRA] Hu et al. 2021; `ours` marks a choice that none of them makes. Presets: paper, small (GPT-2 or Pythia-160M),
 * starter (the embedded model, sized for minutes on two cores).
 */
import { choice, integer, number, toggle, type SettingsOf } from './settings.ts';

const learningRate = (presets: readonly [number, number, number], source: string) =>
  number([0, 1], presets, 'peak learning rate of AdamW', source);

const schedule = (presets: 'cosineToTenth' | 'constant', source: string) =>
  choice(
    ['cosineToTenth', 'linearToZero', 'constant'],
    presets,
    'how the learning rate falls over the run',
    source,
  );

const sampleEvery = (presets: readonly [number, number, number]) =>
  integer([1, 1e9], presets, 'steps between answers to the watched prompts', 'ours');

/** AdamW and the size of one forward pass: the same rows in every algorithm. */
const optimization = {
  beta1: number([0, 0.999999], 0.9, 'decay of the first moment', '[P] C'),
  beta2: number([0, 0.999999], 0.95, 'decay of the second moment', '[P] C'),
  epsilon: number([1e-12, 1], [1e-8, 1e-8, 1e-8], 'added to the root of the second moment', 'ours'),
  weightDecay: number([0, 1], 0, 'decoupled weight decay', 'ours'),
  maxGradientNorm: number(
    [0, 1e6],
    1,
    'gradients longer than this are shortened to it; 0 never clips',
    'ours',
  ),
  microBatchTokens: integer(
    [1, 1e7],
    [2048, 4096, 1024],
    'most padded tokens in one forward pass; larger batches accumulate gradients',
    'ours',
  ),
  recompute: toggle(
    false,
    'compute each block again in the backward pass instead of keeping it: less memory, about a third slower',
    'Chen et al. 2016',
  ),
  checkpointEvery: integer([1, 1e9], [100, 100, 20], 'steps between checkpoints', 'ours'),
  keepCheckpoints: integer([1, 1e6], 2, 'newest checkpoints kept', 'ours'),
} as const;

/** Low-rank adapters in place of training every weight; names and defaults as in PEFT. */
const adapters = {
  loraRank: integer(
    [0, 4096],
    0,
    'rank of the adapters trained over frozen weights, usually at ten times the learning rate; 0 trains every weight',
    '[LoRA]',
  ),
  loraAlpha: number([1e-6, 1e6], 16, 'adapters are scaled by loraAlpha / loraRank', '[LoRA]'),
  loraTargets: choice(
    ['query-value', 'attention', 'all-linear'],
    'query-value',
    'the layers of each block that get an adapter',
    '[LoRA] §4.2: queries and values',
  ),
  baseFloats: choice(
    ['float32', 'float16'],
    'float32',
    'how the frozen weights below adapters are stored; float16 halves them where the device has it',
    'ours',
  ),
} as const;

const chatTemplate = choice(
  ['auto', 'none'],
  'auto',
  "whether prompts are written as the model's chat template has them, where it has one",
  'ours',
);

const loraDropout = number([0, 0.9], 0, 'share dropped of what each adapter reads', '[LoRA]');

export const pretrainSettings = {
  steps: integer([1, 1e9], [1000, 1000, 4500], 'optimizer steps', 'ours'),
  batchSize: integer([1, 1e6], [64, 32, 16], 'sequences a step', 'ours'),
  sequenceLength: integer(
    [2, 1e6],
    [2048, 512, 256],
    'tokens a sequence, documents joined by the end token',
    'ours',
  ),
  learningRate: learningRate([6e-4, 6e-4, 3e-3], 'ours'),
  schedule: schedule('cosineToTenth', 'ours'),
  warmUpSteps: integer([0, 1e9], [100, 100, 200], 'steps of linear warm-up', 'ours'),
  validationEvery: integer([1, 1e9], 500, 'steps between validation losses', 'ours'),
  ...optimization,
  microBatchTokens: integer([1, 1e7], [2048, 4096, 4096], 'most padded tokens in one forward pass', 'ours'),
  weightDecay: number([0, 1], [0.1, 0.1, 0.05], 'decoupled weight decay', '[P] C names none; ours'),
  checkpointEvery: integer([1, 1e9], 1000, 'steps between checkpoints', 'ours'),
} as const;

export const sftSettings = {
  epochs: integer([1, 1000], [16, 2, 6], 'passes over the demonstrations', '[P] C.1: 16, C.3: 2'),
  batchSize: integer([1, 1e6], [32, 32, 32], 'demonstrations a step', '[P] C.1'),
  learningRate: learningRate([9.65e-6, 2e-5, 1e-3], '[P] C.1; small: [TRL]'),
  schedule: schedule('cosineToTenth', '[P] C.1'),
  residualDropout: number([0, 0.9], [0.2, 0.1, 0.1], 'share of each sublayer output dropped', '[P] C.1'),
  promptLoss: toggle(false, 'whether prompt tokens are learned too', '[TRL] masks them, [N+] does not'),
  pretrainingShare: number(
    [0, 10],
    [0, 0.1, 0.1],
    'pretraining sequences mixed in, as a share of the demonstrations',
    '[P] C.3: 0.1 for the model PPO starts from',
  ),
  selection: choice(
    ['validationLoss', 'rewardModelScore', 'last'],
    ['rewardModelScore', 'validationLoss', 'validationLoss'],
    'what chooses among the epochs',
    '[P] C.1: reward-model score, C.3: validation loss',
  ),
  maxPromptTokens: integer([1, 1e6], [1024, 512, 192], 'longer prompts are refused', '[P] C'),
  packing: toggle(
    false,
    'whether several demonstrations share a row, each seeing only itself: less padding where lengths differ',
    '[TRL]: best fit decreasing',
  ),
  lengthBuckets: toggle(false, 'whether a batch is made of demonstrations of about one length', 'ours'),
  chatTemplate,
  sampleEvery: sampleEvery([100, 50, 20]),
  ...adapters,
  loraDropout,
  ...optimization,
} as const;

export const rewardModelSettings = {
  epochs: integer([1, 100], [1, 1, 1], 'passes over the rankings', '[P] C.2: more overfit fast'),
  batchSize: integer(
    [1, 1e5],
    [64, 32, 16],
    'prompts a step, each with all pairs of its K completions',
    '[P] C.2',
  ),
  learningRate: learningRate([9e-6, 5e-5, 7e-4], '[P] C.2; small: [LHP details]'),
  schedule: schedule('cosineToTenth', '[P] C.2'),
  chatTemplate,
  ...adapters,
  loraDropout,
  ...optimization,
} as const;

export const ppoSettings = {
  episodes: integer([1, 1e9], [256000, 10000, 3840], 'completions sampled in the whole run', '[P] C.4'),
  batchSize: integer([1, 1e6], [512, 128, 128], 'episodes an iteration', '[P] C.4'),
  minibatches: integer([1, 1e4], [8, 1, 4], 'parts of a batch, one optimizer step each', '[P] C.4'),
  innerEpochs: integer([1, 100], [1, 4, 1], 'passes over a batch', '[P] C.4; small: [LHP details]'),
  learningRate: learningRate([9.65e-6, 1e-5, 3e-4], 'ours: [P] gives only a sweep of 2.55e-6 to 2.55e-5'),
  valueLearningRate: number([0, 1], [9e-6, 1e-5, 1e-3], 'peak learning rate of the value model', '[P] C.4'),
  schedule: schedule('constant', '[P] C.4'),
  warmUpIterations: integer([0, 1e6], [10, 10, 3], 'iterations of linear warm-up from a tenth', '[P] C.4'),
  emaDecay: number(
    [0, 1],
    [0.992, 0.992, 0.9],
    'decay of the averaged policy, an iteration at a time; 0 off',
    '[P] C.4',
  ),
  klCoef: number(
    [0, 100],
    [0.02, 0.05, 0.1],
    'β: reward lost per nat of KL to the reference',
    '[P] C.4; small: [N+]',
  ),
  klControl: choice(['fixed', 'adaptive'], 'fixed', 'whether β follows the measured KL', '[P] C.4'),
  klTarget: number([0, 1e4], 6, 'nats a sequence the adaptive controller aims at', '[LHP]'),
  klHorizon: number([1, 1e9], 10000, 'episodes over which the adaptive controller corrects', '[LHP]'),
  clipRange: number([0, 10], 0.2, 'policy ratios count only within 1 ± this', '[P] C.4'),
  clipRangeValue: number([0, 1e6], 0.2, 'values count only within this of the old ones', 'ours: [LHP]'),
  vfCoef: number([0, 1e3], 0.1, 'factor on the value loss', 'ours: [LHP]'),
  gamma: number([0, 1], 1, 'discount of later rewards', '[P] C.4'),
  lam: number([0, 1], 0.95, 'λ of the advantage estimate', 'ours: [LHP]'),
  whitenRewards: toggle(false, 'divide rewards by their deviation, keeping the mean', '[LHP]'),
  whitenAdvantages: toggle(true, 'advantages to mean 0 and deviation 1 over the batch', '[LHP]'),
  temperature: number(
    [0.01, 100],
    [1, 0.7, 1],
    'of sampling, and of every log-probability',
    '[P] C.4; small: [LHP details]',
  ),
  responseLength: integer([1, 1e6], [1024, 53, 48], 'most tokens a completion has', '[P] C; small: [N+]'),
  missingEos: choice(
    ['none', 'replace', 'subtract'],
    ['none', 'replace', 'replace'],
    'what a completion without an end token scores: its score, missingEosScore, or its score less a penalty',
    '[LHP] replaces, [TRL] subtracts',
  ),
  missingEosScore: number(
    [-1e6, 1e6],
    -1,
    'the replacing score; its size is the subtracted penalty',
    '[LHP]',
  ),
  ptxCoef: number(
    [0, 1e4],
    [0, 0, 0],
    'γ: weight of the pretraining loss (token mean); 27.8 in [P], 0 is PPO without it',
    '[P] C.4',
  ),
  pretrainingPerEpisode: number([0, 100], [8, 1, 0.5], 'pretraining sequences for every episode', '[P] C.4'),
  pretrainingLength: integer([2, 1e6], [2048, 256, 64], 'tokens of a pretraining sequence', 'ours'),
  chatTemplate,
  sampleEvery: sampleEvery([10, 10, 2]),
  ...adapters,
  ...optimization,
  epsilon: number([1e-12, 1], 1e-5, 'added to the root of the second moment', 'ours: [LHP]'),
  // Along the way, to evaluate and to fork from where it went wrong; those of small models take little room.
  checkpointEvery: integer([1, 1e9], [100, 100, 6], 'steps between checkpoints', 'ours'),
  keepCheckpoints: integer([1, 1e6], [2, 2, 10], 'newest checkpoints kept', 'ours'),
} as const;

export const algorithms = {
  pretrain: pretrainSettings,
  sft: sftSettings,
  'reward-model': rewardModelSettings,
  ppo: ppoSettings,
} as const;

export type AlgorithmName = keyof typeof algorithms;
export type PretrainSettings = SettingsOf<typeof pretrainSettings>;
export type SftSettings = SettingsOf<typeof sftSettings>;
export type RewardModelSettings = SettingsOf<typeof rewardModelSettings>;
export type PpoSettings = SettingsOf<typeof ppoSettings>;
