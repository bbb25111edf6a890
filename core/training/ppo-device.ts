/** What PPO keeps on the device: its models, and the programs that run them. */
import type { PpoSettings } from '../contract/algorithms.ts';
import type { Engine, Program, ProgramSource, TensorSet } from '../engine/engine.ts';
import { Generator, unfiltered } from '../generation/generate.ts';
import { input, mul } from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Architecture } from '../model/architecture.ts';
import type { Model } from '../model/model.ts';
import { fill, PlacedModel } from '../model/placed.ts';
import { modelGraph, scalarHead, sequenceInputs } from '../model/transformer.ts';
import { policyLoss, valueLoss, weightedSum } from './losses.ts';
import type { Resources } from './resources.ts';
import { LogprobScorer, ScalarScorer, selectedStates, targetLogProbabilities } from './scoring.ts';
import { pretrainingStep, sftStepGraph } from './sft.ts';
import { BackwardPass, type StepOptions } from './step-graph.ts';
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
  readonly reference: PlacedModel;
  readonly reward: PlacedModel;
  /** The moving average of the policy: what the run returns. */
  readonly averaged: PlacedModel;
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
  const averaged = resources.keep(policy.model.sibling());
  await fill(averaged.own, inputs.policy.weights);
  return {
    policy,
    averaged,
    value: resources.keep(await Trainee.start(engine, inputs.rewardModel, settings)),
    reference: resources.keep(await PlacedModel.place(engine, inputs.policy)),
    reward: resources.keep(await PlacedModel.place(engine, inputs.rewardModel)),
    ptxGradients: settings.ptxCoef > 0 ? resources.keep(policy.model.own.sibling()) : undefined,
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
    resources.keep(await LogprobScorer.compile(engine, policy, t, microBatchTokens));
  return {
    generator: resources.keep(await Generator.compile(engine, policy, unfiltered(temperature))),
    logprobs: await scorer(temperature),
    untempered: temperature === 1 ? undefined : await scorer(1),
    scalar: resources.keep(await ScalarScorer.compile(engine, rewardModel, microBatchTokens)),
    policyStep: resources.keep(await engine.compile(policyStepGraph(policy, settings))),
    valueStep: resources.keep(await engine.compile(valueStepGraph(rewardModel, settings))),
    ptxStep:
      ptxCoef > 0
        ? resources.keep(await engine.compile(sftStepGraph(policy, pretrainingStep(settings))))
        : undefined,
  };
}

const perToken = (name: string): Tensor => input(name, 'float32', ['rows', 1]);

export function policyStepGraph(
  architecture: Architecture,
  settings: Pick<PpoSettings, 'temperature' | 'clipRange'> & StepOptions,
): ProgramSource {
  const model = modelGraph(architecture, 'policy');
  const backward = new BackwardPass(settings);
  const weights = perToken('weights');
  const { logProbability, entropy } = targetLogProbabilities(
    model,
    sequenceInputs(),
    settings.temperature,
    backward,
  );
  const outputs = policyLoss(
    logProbability,
    perToken('oldLogprobs'),
    perToken('advantages'),
    weights,
    settings.clipRange,
  );
  return {
    outputs: { ...outputs, entropy: weightedSum(entropy, weights) },
    gradients: backward.gradients(outputs.loss, model.parameters),
  };
}

export function valueStepGraph(
  architecture: Architecture,
  settings: Pick<PpoSettings, 'clipRangeValue' | 'vfCoef'> & StepOptions,
): ProgramSource {
  const model = modelGraph(architecture, 'scalar');
  const backward = new BackwardPass(settings);
  const values = scalarHead(model, selectedStates(model, sequenceInputs(), backward));
  const outputs = valueLoss(
    values,
    perToken('oldValues'),
    perToken('returns'),
    perToken('weights'),
    settings.clipRangeValue,
  );
  return {
    outputs,
    gradients: backward.gradients(mul(outputs.loss, settings.vfCoef), model.parameters),
  };
}
