/** What PPO keeps on the device: its models, and the programs that run them. */
import type { PpoSettings } from '../contract/algorithms.ts';
import type { Engine, Program, TensorSet } from '../engine/engine.ts';
import { Generator, unfiltered } from '../generation/generate.ts';
import { input, mul } from '../graph/build.ts';
import { gradientsOf } from '../graph/gradient.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ModelConfig } from '../model/config.ts';
import { toDevice, type Model } from '../model/model.ts';
import { modelGraph, scalarHead, sequenceInputs } from '../model/transformer.ts';
import { policyLoss, valueLoss, weightedSum } from './losses.ts';
import type { Resources } from './resources.ts';
import { LogprobScorer, ScalarScorer, selectedStates, targetLogProbabilities } from './scoring.ts';
import { compileSftStep } from './sft.ts';
import { Trainee } from './trainee.ts';

/** The models that a run starts from. */
export interface PpoStart {
  /** Where the policy starts, and the reference of the KL. */
  readonly policy: Model;
  readonly rewardModel: Model;
}

export interface PpoModels {
  readonly policy: Trainee;
  readonly value: Trainee;
  readonly reference: TensorSet;
  readonly reward: TensorSet;
  /** The moving average of the policy: what the run returns. */
  readonly averaged: TensorSet;
  /** The pretraining gradient by itself, so that its norm can be told; PPO-ptx only. */
  readonly ptxGradients: TensorSet | undefined;
}

/** The value model starts as the reward model (InstructGPT, App. C.4). */
export async function putModels(
  engine: Engine,
  inputs: PpoStart,
  settings: PpoSettings,
  resources: Resources,
): Promise<PpoModels> {
  const policy = resources.keep(await Trainee.start(engine, inputs.policy, settings));
  const averaged = resources.keep(policy.parameters.sibling());
  await averaged.write(Object.fromEntries(inputs.policy.weights));
  return {
    policy,
    averaged,
    value: resources.keep(await Trainee.start(engine, inputs.rewardModel, settings)),
    reference: resources.keep(await toDevice(engine, inputs.policy)),
    reward: resources.keep(await toDevice(engine, inputs.rewardModel)),
    ptxGradients: settings.ptxCoef > 0 ? resources.keep(policy.parameters.sibling()) : undefined,
  };
}

export interface PpoPrograms {
  readonly generator: Generator;
  readonly logprobs: LogprobScorer;
  /** For the pretraining loss, where the policy is sampled at another temperature than 1. */
  readonly untempered: LogprobScorer | undefined;
  readonly scalar: ScalarScorer;
  readonly policyStep: Program;
  readonly valueStep: Program;
  readonly ptxStep: Program | undefined;
}

/** The temperature divides the logits of the policy, the reference and the training pass alike. */
export async function compilePrograms(
  engine: Engine,
  { policy, rewardModel }: PpoStart,
  settings: PpoSettings,
  resources: Resources,
): Promise<PpoPrograms> {
  const { temperature, microBatchTokens, ptxCoef } = settings;
  const scorer = async (t: number) =>
    resources.keep(await LogprobScorer.compile(engine, policy.config, t, microBatchTokens));
  return {
    generator: resources.keep(await Generator.compile(engine, policy.config, unfiltered(temperature))),
    logprobs: await scorer(temperature),
    untempered: temperature === 1 ? undefined : await scorer(1),
    scalar: resources.keep(await ScalarScorer.compile(engine, rewardModel.config, microBatchTokens)),
    policyStep: resources.keep(await compilePolicyStep(engine, policy.config, settings)),
    valueStep: resources.keep(await compileValueStep(engine, rewardModel.config, settings)),
    ptxStep: ptxCoef > 0 ? resources.keep(await compileSftStep(engine, policy.config, false)) : undefined,
  };
}

const perToken = (name: string): Tensor => input(name, 'float32', ['rows', 1]);

function compilePolicyStep(engine: Engine, config: ModelConfig, settings: PpoSettings): Promise<Program> {
  const model = modelGraph(config, 'language', 'policy');
  const weights = perToken('weights');
  const { logProbability, entropy } = targetLogProbabilities(model, sequenceInputs(), settings.temperature);
  const outputs = policyLoss(
    logProbability,
    perToken('oldLogprobs'),
    perToken('advantages'),
    weights,
    settings.clipRange,
  );
  return engine.compile({
    outputs: { ...outputs, entropy: weightedSum(entropy, weights) },
    gradients: gradientsOf(outputs.loss, model.parameters),
  });
}

function compileValueStep(engine: Engine, config: ModelConfig, settings: PpoSettings): Promise<Program> {
  const model = modelGraph(config, 'scalar', 'scalar');
  const values = scalarHead(model, selectedStates(model, sequenceInputs()));
  const outputs = valueLoss(
    values,
    perToken('oldValues'),
    perToken('returns'),
    perToken('weights'),
    settings.clipRangeValue,
  );
  return engine.compile({
    outputs,
    gradients: gradientsOf(mul(outputs.loss, settings.vfCoef), model.parameters),
  });
}
