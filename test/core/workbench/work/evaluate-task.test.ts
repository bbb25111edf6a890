import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../../../core/data/random.ts';
import type { Engine } from '../../../../core/engine/engine.ts';
import type { SimulatedLabelers } from '../../../../core/evaluation/simulated-labelers.ts';
import { trainBpe } from '../../../../core/model/bpe.ts';
import { Generator, unfiltered } from '../../../../core/generation/generate.ts';
import { withScalarHead } from '../../../../core/model/model.ts';
import { PlacedModel } from '../../../../core/model/placed.ts';
import { initialWeights } from '../../../../core/model/parameters.ts';
import { Tokenizer } from '../../../../core/model/tokenizer.ts';
import { sum } from '../../../../core/training/estimators.ts';
import { Resources } from '../../../../core/training/resources.ts';
import { LogprobScorer } from '../../../../core/training/scoring.ts';
import { join, type Sequence } from '../../../../core/training/sequences.ts';
import { scoreCompletions } from '../../../../core/workbench/sampling.ts';
import { openFolder } from '../../../../core/workbench/sources.ts';
import type { EvaluateTask } from '../../../../core/workbench/work/protocol.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { jsonLines, saveTiny, tinyConfig, tinyModel, tinyWorld, type World } from '../tiny.ts';
import { ofType, performHere } from './task-hosts.ts';

let engine: Engine;
let world: World;
let other: string;
let foreign: string;
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
  other = saveTiny(modelOf(8), world.at('other'));
  const tokenizer = Tokenizer.of(
    trainBpe(['an owl ate a bee. a bee ate an owl.'], 300, ['<|end|>', '<|pad|>']),
    {
      ...{ eos: '<|end|>', pad: '<|pad|>' },
    },
  );
  foreign = saveTiny(modelOf(9), world.at('foreign'), tokenizer);
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

const modelOf = (seed: number) => ({
  ...tinyModel(),
  weights: initialWeights(tinyConfig, randomStream(seed, 'tiny')),
});

/** More prompts than are answered side by side. */
const prompts = Array.from({ length: 40 }, (_, i) => ({
  id: i + 1,
  text: `the ${['cat', 'dog', 'owl'][i % 3]!} sat${' on'.repeat(i % 5)}`,
}));

const evaluation = (changes: Partial<EvaluateTask> = {}): EvaluateTask => ({
  ...{ kind: 'evaluate', evaluation: 1, models: [world.model, other], prompts, rewardModel: null },
  ...{ simulated: false, temperature: 1, topP: 1, maxTokens: 12, seed: 1 },
  ...changes,
});

async function evaluate(changes: Partial<EvaluateTask> = {}, simulated?: SimulatedLabelers) {
  const { reports, message } = await performHere(engine, evaluation(changes), {
    ...(simulated && { simulated }),
  });
  return { answered: ofType(reports, 'answered'), message };
}

test('every prompt gets an answer of every model, in the order of the models', async () => {
  const { answered, message } = await evaluate();
  expect(message).toBe('40 prompts answered by every model');
  expect(answered.map(({ prompt }) => prompt)).toEqual(prompts.map(({ id }) => id));
  expect(answered.every(({ completions }) => completions.length === 2)).toBe(true);
  // The other way around the same models say the same.
  const { answered: turned } = await evaluate({ models: [other, world.model] });
  const texts = (all: typeof answered) => all.map(({ completions }) => completions.map(({ text }) => text));
  expect(texts(turned)).toEqual(texts(answered).map((pair) => pair.toReversed()));
  expect(texts(answered).some(([a, b]) => a !== b)).toBe(true);
});

test('a model and its copy answer alike, and what comes of a prompt does not depend on the others', async () => {
  const copy = saveTiny(tinyModel(), world.at('copy'));
  const { answered } = await evaluate({ models: [world.model, copy] });
  for (const { completions } of answered) expect(completions[0]!.text).toBe(completions[1]!.text);
  const { answered: few } = await evaluate({ models: [world.model, copy], prompts: prompts.slice(7, 9) });
  expect(few.map(({ completions }) => completions[0]!.text)).toEqual(
    answered.slice(7, 9).map(({ completions }) => completions[0]!.text),
  );
});

test('divergence is that of the sampled tokens, 0 for the first model, and absent where tokens differ', async () => {
  const few = prompts.slice(0, 3);
  const temperature = 1.5;
  const { answered } = await evaluate({ models: [world.model, other, foreign], prompts: few, temperature });
  const sampled = await sampledByOther(few, temperature);
  const [own, first] = [
    await logprobsBy(other, sampled, temperature),
    await logprobsBy(world.model, sampled, temperature),
  ];
  for (const [i, { completions }] of answered.entries()) {
    expect(completions[0]!.kl).toBeCloseTo(0, 4);
    expect(completions[1]!.kl).toBeCloseTo(own[i]! - first[i]!, 4);
    expect(Math.abs(completions[1]!.kl!)).toBeGreaterThan(0.001);
    expect(completions[2]!.kl).toBeNull();
  }
});

/** The other model's answers as tokens, drawn with the evaluation's random numbers. */
async function sampledByOther(asked: typeof prompts, temperature: number): Promise<Sequence[]> {
  const { model, texts } = openFolder(other);
  await using resources = new Resources();
  const generator = resources.keep(await Generator.compile(engine, model, unfiltered(temperature)));
  const parameters = resources.keep(await PlacedModel.place(engine, model));
  const starts = asked.map(({ text }) => texts.prompt(text));
  const limits = { maxTokens: 12, endTokens: texts.endTokens, padToken: texts.tokenizer.padId };
  const streams = (i: number) => randomStream(1, 'evaluation', asked[i]!.id);
  const made = await generator.generate(parameters, starts, streams, limits);
  return made.map(({ ids }, i) => join(starts[i]!, ids));
}

async function logprobsBy(folder: string, sequences: Sequence[], temperature: number): Promise<number[]> {
  const { model } = openFolder(folder);
  await using resources = new Resources();
  const scorer = resources.keep(await LogprobScorer.compile(engine, model, temperature, 4096));
  const parameters = resources.keep(await PlacedModel.place(engine, model));
  return (await scorer.score(parameters, sequences)).map(({ logprobs }) => sum(logprobs));
}

test('rewards are those of the texts, by a reward model of any tokens', async () => {
  const { answered } = await evaluate({ models: [world.model, foreign], rewardModel: world.rewardModel });
  const answers = answered.flatMap(({ prompt, completions }) =>
    completions
      // A file of completions holds no empty ones.
      .filter(({ text }) => text !== '')
      .map(({ text, ended, reward }) => ({
        prompt: prompts[prompt - 1]!.text,
        completion: text,
        ended,
        reward,
      })),
  );
  const data = [
    jsonLines(
      world.at('rewarded.jsonl'),
      answers.map(({ prompt, completion, ended }) => ({ prompt, completion, ended })),
    ),
  ];
  const scores = await scoreCompletions({ model: world.rewardModel, data }, engine);
  const rewards = answers.map(({ reward }) => reward!);
  expect(new Set(rewards).size).toBeGreaterThan(40);
  rewards.forEach((reward, i) => expect(reward).toBeCloseTo((scores[i] as { reward: number }).reward, 4));
});

test('answers that are too long for the reward model have no reward', async () => {
  const config = { ...tinyConfig, context: 10 };
  const weights = initialWeights(config, randomStream(1, 'short'));
  const short = withScalarHead({ config, head: 'language', weights }, randomStream(1, 'head'));
  const rewardModel = saveTiny(short, world.at('short'));
  const { answered } = await evaluate({ rewardModel, prompts: prompts.slice(0, 3) });
  const rewards = answered.flatMap(({ completions }) => completions.map(({ reward }) => reward));
  expect(rewards).toContain(null);
});

/** Prefers what is longer; knows nothing of owls. */
const lengths: SimulatedLabelers = {
  names: ['Long', 'Short'],
  gold: (prompt, { text }) => (prompt.includes('owl') ? undefined : Math.min(1, text.length / 100)),
  rank: (name, prompt, completions, seed) => {
    if (prompt.includes('owl') || seed !== 1) return undefined;
    const sizes = completions.map(({ text }) => (name === 'Long' ? -text.length : text.length));
    return sizes.map((size) => 1 + sizes.filter((each) => each < size).length);
  },
};

test('simulated labelers rank where they are asked to, and their preference is measured in any case', async () => {
  const { answered } = await evaluate({ simulated: true, prompts: prompts.slice(0, 6) }, lengths);
  for (const { prompt, completions, rankings } of answered) {
    const isOwl = prompts[prompt - 1]!.text.includes('owl');
    const sizes = completions.map(({ text }) => text.length);
    expect(completions.map(({ gold }) => gold)).toEqual(
      isOwl ? [null, null] : sizes.map((size) => size / 100),
    );
    expect(rankings.map(({ labeler }) => labeler)).toEqual(isOwl ? [] : ['Long', 'Short']);
    if (isOwl) continue;
    const [long, short] = rankings.map(({ ranks }) => ranks);
    expect(Math.sign(long![0]! - long![1]!)).toBe(Math.sign(sizes[1]! - sizes[0]!));
    expect(Math.sign(short![0]! - short![1]!)).toBe(Math.sign(sizes[0]! - sizes[1]!));
  }
  const { answered: unjudged } = await evaluate({ prompts: prompts.slice(0, 6) }, lengths);
  expect(unjudged.flatMap(({ rankings }) => rankings)).toEqual([]);
  expect(unjudged[0]!.completions[0]!.gold).not.toBeNull();
});

test('prompts that leave no room in a context are left out, and the end says so', async () => {
  const long = { id: 99, text: 'the cat sat on the mat. '.repeat(20) };
  const { answered, message } = await evaluate({ prompts: [prompts[0]!, long] });
  expect(answered.map(({ prompt }) => prompt)).toEqual([1]);
  expect(message).toBe('1 prompt answered by every model; 1 left out, too long for the context');
});

test('a stop leaves whole prompts', async () => {
  const controller = new AbortController();
  const told: number[] = [];
  const stopped = performHere(engine, evaluation(), {
    signal: controller.signal,
    onReport: (report) => {
      if (report.type === 'answered') told.push(report.completions.length);
      if (report.type === 'progress') controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow('stopped as asked');
  expect(told).toEqual(Array.from({ length: 32 }, () => 2));
});
