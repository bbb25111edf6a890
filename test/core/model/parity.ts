/**
 * What transformers and PEFT compute with the models in test/fixtures/families (written by
 * test/bench/peers/families.py), and the same models through everything that the product does with one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine, Feeds, ProgramSource, Provider, Values } from '../../../core/engine/engine.ts';
import { decodeOptions, Generator, unfiltered } from '../../../core/generation/generate.ts';
import { StreamingGenerator } from '../../../core/generation/stream.ts';
import { input, square } from '../../../core/graph/build.ts';
import { gradientsOf } from '../../../core/graph/gradient.ts';
import { loadModel, type Model } from '../../../core/model/model.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { modelGraph, scalarHead, sequenceInputs } from '../../../core/model/transformer.ts';
import { weightedSum } from '../../../core/training/losses.ts';
import { selectedStates } from '../../../core/training/scoring.ts';
import { feedSequences, float32, int32, type Sequence } from '../../../core/training/sequences.ts';
import { feedSftStep, pretrainingStep, sftStepGraph, type SftStep } from '../../../core/training/sft.ts';
import { openTestEngine } from '../../support/engine.ts';
import { logitsOf } from '../generation/small-models.ts';

interface Expected {
  readonly texts: readonly number[][];
  /** Of every gradient its norm and some of its entries, by flat index. */
  readonly gradients: Readonly<Record<string, { norm: number; indices: number[]; values: number[] }>>;
}

interface ExpectedLanguage extends Expected {
  readonly logits: readonly number[][];
  readonly loss: number;
  readonly greedy: readonly { prompt: number[]; completion: number[] }[];
}

interface ExpectedScalar extends Expected {
  readonly scores: readonly number[][];
  readonly squaredScore: number;
}

const folder = join(import.meta.dirname, '../../fixtures/families');

export const fixture = (name: string): string => join(folder, name);

export const everyModel: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const isScalar = (name: string): boolean => name.endsWith('-reward');

const read = <T extends Expected>(name: string): T =>
  JSON.parse(readFileSync(join(fixture(name), 'expected.json'), 'utf8')) as T;

/** Each within a hundred-thousandth of the size of them all: closer than another epsilon of a norm would come. */
function expectParity(actual: ArrayLike<number>, expected: readonly number[], what: string, size?: number) {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  const scale = size ?? Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    if (!(Math.abs(actual[i]! - value) <= 1e-5 * scale))
      expect.fail(`${what}[${i}] is ${actual[i]}, expected ${value}`);
  });
}

/** Gradients that are zero but for rounding, as of the biases of keys, are held to this. */
const smallest = 1e-3;

function expectGradients(actual: Readonly<Record<string, Float32Array>>, { gradients }: Expected): void {
  const names = Object.keys(gradients);
  const plain = names.map((name) => name.replace('base_model.model.', ''));
  // Ours has a bias, which is zero where transformers has none.
  expect(
    Object.keys(actual)
      .filter((name) => name !== 'score.bias')
      .sort(),
  ).toEqual(plain.toSorted());
  for (const [i, name] of names.entries()) {
    const { norm, indices, values } = gradients[name]!;
    const found = actual[plain[i]!]!;
    const size = Math.max(norm, smallest);
    expectParity([Math.hypot(...found)], [norm], `norm of the gradient of ${name}`, size);
    const entries = indices.map((index) => found[index]!);
    // No entry is as large as the norm: most are near the root mean square.
    expectParity(entries, values, `gradient of ${name}`, (10 * size) / Math.sqrt(found.length));
  }
}

const sequencesOf = ({ texts }: Expected): Sequence[] =>
  texts.map((ids) => ({ ids: Int32Array.from(ids), start: 1 }));

interface Run {
  readonly outputs: Values;
  readonly gradients: Record<string, Float32Array>;
}

async function runOnce(
  engine: Engine,
  model: Model,
  group: string,
  source: ProgramSource,
  feeds: Feeds,
): Promise<Run> {
  const program = await engine.compile(source);
  const placed = await PlacedModel.place(engine, model);
  const gradients = placed.own.sibling();
  const outputs = await program.run(feeds, { sets: placed.sets(group), gradients });
  const found = await gradients.read();
  gradients.dispose();
  placed.dispose();
  await program.dispose();
  return { outputs, gradients: found };
}

/** The texts through a training step of the product: each in a row of its own or, packed, all in one. */
function trainOnce(
  engine: Engine,
  model: Model,
  sequences: readonly Sequence[],
  { recompute, packing }: Way,
): Promise<Run> {
  const step = { ...pretrainingStep({ recompute }), packing };
  const predicted = sequences.reduce((sum, { ids }) => sum + ids.length - 1, 0);
  const rows = packing ? [sequences] : sequences.map((sequence) => [sequence]);
  return runOnce(engine, model, 'policy', sftStepGraph(model, step), feedSftStep(rows, 1 / predicted, step));
}

type Way = Pick<SftStep, 'recompute' | 'packing'>;

const ways: [string, Way][] = [
  ['', { recompute: false, packing: false }],
  [', computing blocks again', { recompute: true, packing: false }],
  [', packed in one row', { recompute: false, packing: true }],
];

/** The scores of every position of every text, and the mean of their squares. */
function scoreOnce(engine: Engine, model: Model, sequences: readonly Sequence[]): Promise<Run> {
  const graph = modelGraph(model, 'scalar');
  const scores = scalarHead(graph, selectedStates(graph, sequenceInputs()));
  const squaredScore = weightedSum(square(scores), input('weights', 'float32', ['rows', 1]));
  const gradients = gradientsOf(squaredScore, graph.parameters);
  const length = Math.max(...sequences.map(({ ids }) => ids.length));
  const rows = sequences.flatMap(({ ids }, i) => Array.from(ids, (_, at) => i * length + at));
  const feeds = {
    ...feedSequences(sequences),
    rows: int32(Int32Array.from(rows), [rows.length]),
    weights: float32(new Float32Array(rows.length).fill(1 / rows.length), [rows.length, 1]),
  };
  return runOnce(engine, model, 'scalar', { outputs: { scores, squaredScore }, gradients }, feeds);
}

type Opened = () => Engine;
const greedy = unfiltered(0);
const limits = { maxTokens: 12, endTokens: [], padToken: 0 };
const anyStream = () => randomStream(1, 'unused');

function languageTests(name: string, opened: Opened): void {
  const expected = read<ExpectedLanguage>(name);
  const model = loadModel(fixture(name));

  test('has the logits of every position', async () => {
    for (const [i, { ids }] of sequencesOf(expected).entries()) {
      const rows = await logitsOf(opened(), model, ids);
      expectParity(
        rows.flatMap((row) => Array.from(row)),
        expected.logits[i]!,
        `logits of text ${i}`,
      );
    }
  });

  test.each(ways)('has the loss and the gradient of every parameter%s', async (_, way) => {
    const { outputs, gradients } = await trainOnce(opened(), model, sequencesOf(expected), way);
    expectParity(outputs['loss']!.data, [expected.loss], 'loss');
    expectGradients(gradients, expected);
  });

  test('generates the same tokens, whole and part by part', async () => {
    const policy = await PlacedModel.place(opened(), model);
    const generator = await Generator.compile(opened(), model, greedy);
    const prompts = expected.greedy.map(({ prompt }) => Int32Array.from(prompt));
    const made = await generator.generate(policy, prompts, anyStream, limits);
    const completions = expected.greedy.map(({ completion }) => completion);
    expect(made.map(({ ids }) => Array.from(ids))).toEqual(completions);

    const streaming = await StreamingGenerator.compile(opened(), model, decodeOptions(greedy));
    for (const [i, prompt] of prompts.entries()) {
      const question = { policy, prompt, streams: [anyStream()], sampling: greedy, limits };
      const writing = streaming.begin(question);
      while (!writing.isOver) await writing.goOn(5);
      expect(Array.from(writing.drafts[0]!.ids)).toEqual(completions[i]);
    }
    for (const used of [generator, streaming]) await used.dispose();
    policy.dispose();
  });
}

function scalarTests(name: string, opened: Opened): void {
  const expected = read<ExpectedScalar>(name);

  test('has the score of every position and the gradient of every parameter', async () => {
    const model = loadModel(fixture(name));
    const { outputs, gradients } = await scoreOnce(opened(), model, sequencesOf(expected));
    expectParity(outputs['scores']!.data, expected.scores.flat(), 'scores');
    expectParity(outputs['squaredScore']!.data, [expected.squaredScore], 'mean squared score');
    expectGradients(gradients, expected);
  });
}

export function paritySuite(provider: Provider, names: readonly string[]): void {
  let engine: Engine;
  beforeAll(async () => (engine = await openTestEngine(provider)));
  afterAll(() => engine.dispose());

  describe.each(names)('%s computes what transformers computes:', (name) =>
    (isScalar(name) ? scalarTests : languageTests)(name, () => engine),
  );
}
