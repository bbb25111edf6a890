/** Reward models measured by the real trainer on what they have not learned from. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunSummary, Work } from '../../../core/contract/calls.ts';
import type { Split } from '../../../core/contract/entities.ts';
import { Project } from '../../../core/project/project.ts';
import { Texts } from '../../../core/workbench/texts.ts';
import { scoreCompletions } from '../../../core/workbench/sampling.ts';
import { openTestEngine } from '../../support/engine.ts';
import { prompt } from '../project/projects.ts';
import { TestBench } from './open-workbench.ts';
import { jsonLines, tinyRequests, tinyWorld, type World } from './tiny.ts';

const completions = [' sat on the mat.', ' sat', ' the the the'];
const animals = ['cat', 'dog', 'owl', 'fox', 'hen', 'bee'];

let world: World;
let bench: TestBench;
beforeAll(async () => {
  world = tinyWorld();
  bench = await TestBench.open();
  labeledProject(bench.at('labeled'));
});
afterAll(async () => {
  await bench.close();
  rmSync(world.root, { recursive: true });
});

/** Ada ranks as the tiny rankings do, and Eve, whose labels never train, the other way around. */
function labeledProject(path: string): void {
  const project = Project.create(path, 'Labeled', { seed: 7 });
  const split = (i: number): Split => (i < 4 ? 'test' : 'train');
  project.imports.apply({
    source: 'file.jsonl',
    prompts: animals.map((animal, i) =>
      prompt(`the ${animal}`, { split: split(i), useCase: i === 0 ? 'chat' : null }),
    ),
    labelers: [{ name: 'Eve', heldOut: true }],
    rankings: animals.flatMap((_, i) => [
      { prompt: i, completions, ranks: [1, 2, 3], labeler: 'Ada' },
      ...(i % 2 === 0 ? [{ prompt: i, completions, ranks: [3, 2, 1], labeler: 'Eve' }] : []),
    ]),
  });
  project.close();
}

/** Trains a reward model through the window's own call. */
async function train(name: string): Promise<RunSummary> {
  const { model, settings } = tinyRequests['reward-model'](world, '');
  const rankings = animals.map((animal) => ({ prompt: `the ${animal}`, completions, ranks: [1, 2, 3] }));
  const files = { rankings: [jsonLines(world.at(`${name}.jsonl`), rankings)] };
  const { work } = await bench.call('runs.start', {
    ...{ name, algorithm: 'reward-model', model: model as string, data: files, preset: 'starter' },
    settings: { ...settings, epochs: 20, learningRate: 1e-2 },
  });
  expect(await bench.ended(work)).toMatchObject({ state: 'done' });
  return (await bench.call('runs.list', {})).find((run) => run.name === name)!;
}

const measurements = async (): Promise<Work[]> =>
  (await bench.call('work.list', {})).filter(({ kind }) => kind === 'measure');

test('a reward model that was trained is measured by itself, and its report lies beside it', async () => {
  await bench.call('project.open', { path: bench.at('labeled') });
  const run = await train('taught');
  const [work] = await measurements();
  expect(work).toMatchObject({ title: 'Measure taught' });
  expect(await bench.ended(work!.id)).toMatchObject({
    state: 'done',
    message: 'measured on 5 held-out items',
  });
  expect(existsSync(join(run.path, 'reward-report.json'))).toBe(true);

  const model = join(run.path, 'model');
  const report = (await bench.call('rewardModels.report', { model }))!;
  // Of the four test prompts Ada ranked all and Eve two; on the prompt that trains only Eve's labels are held out.
  expect(report.pairs).toBe(18);
  expect(report.byLabeler).toMatchObject([
    { name: 'Ada', heldOut: false, accuracy: { n: 12, mean: 1 } },
    { name: 'Eve', heldOut: true, accuracy: { n: 9, mean: 0 } },
  ]);
  expect(report.accuracy.mean).toBeCloseTo(12 / 18, 12);
  expect(report.byUseCase).toMatchObject([
    { name: 'no use case', accuracy: { n: 12 } },
    { name: 'chat', accuracy: { n: 6, mean: 0.5 } },
  ]);
  // They agree on no pair of the three items that both ranked.
  expect(report.labelerAgreement).toMatchObject({ mean: 0, n: 9 });
  expect(report.selfAgreement).toBeNull();
});

test('rewards and lengths are those of the model itself', async () => {
  const model = world.rewardModel;
  const { work } = await bench.call('rewardModels.measure', { model });
  expect(await bench.ended(work)).toMatchObject({ state: 'done' });
  const { lengths } = (await bench.call('rewardModels.report', { model }))!;

  const pairs = animals
    .slice(0, 4)
    .flatMap((animal) => completions.map((completion) => ({ prompt: `the ${animal}`, completion })));
  const engine = await openTestEngine();
  const data = [jsonLines(world.at('pairs.jsonl'), pairs)];
  const scores = await scoreCompletions({ model, data }, engine);
  await engine.dispose();
  const texts = Texts.load(model);
  const tokens = pairs.map((pair) => {
    const { ids, start } = texts.answer(pair.prompt, pair.completion);
    return ids.length - start;
  });
  const key = (length: number, reward: number) => `${length} ${reward.toFixed(4)}`;
  expect(Array.from(lengths.tokens, (length, i) => key(length, lengths.rewards[i]!)).sort()).toEqual(
    scores.map((score, i) => key(tokens[i]!, 'reward' in score ? score.reward : NaN)).sort(),
  );
});

test('without held-out rankings a trained reward model is left alone', async () => {
  const before = await measurements();
  await bench.call('project.create', { path: bench.at('empty'), name: 'Empty' });
  const run = await train('unmeasured');
  expect(await measurements()).toEqual(before);
  expect(await bench.call('rewardModels.report', { model: join(run.path, 'model') })).toBeNull();
});
