/** Models whose training has diverged: what they say is no number, which no window and no database could be told. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../../core/engine/engine.ts';
import { loadModel, readWeights, type Model } from '../../../../core/model/model.ts';
import type { Task } from '../../../../core/workbench/work/protocol.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { saveTiny, tinyWorld, type World } from '../tiny.ts';
import { ofType, performHere } from './task-hosts.ts';

let engine: Engine;
let world: World;
let reward: string;
let policy: string;
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
  reward = saveTiny(diverged(loadModel(world.rewardModel)), world.at('diverged-reward'));
  policy = saveTiny(diverged(loadModel(world.model)), world.at('diverged-policy'));
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

const diverged = (model: Model): Model => ({
  ...model,
  weights: new Map([...readWeights(model)].map(([name, data]) => [name, data.map(() => NaN)])),
});

const sampling = { temperature: 1, topP: 1, maxTokens: 4, seed: 1 };
const prompts = [{ id: 1, text: 'the cat' }];
const items = [{ id: 1, prompt: 'the cat', completions: [' sat', ' ran'] }];

const tasks = (): Task[] => [
  { kind: 'score', model: reward, items },
  { kind: 'measure', model: reward, items },
  { kind: 'play', models: [world.model], prompt: 'the cat', rewardModel: reward, samples: 1, ...sampling },
  {
    ...{ kind: 'evaluate', evaluation: 1, models: [world.model, world.model], prompts },
    ...{ rewardModel: reward, simulated: false, ...sampling },
  },
  {
    ...{ kind: 'sample', models: [world.model], prompts, completions: 2, ...sampling },
    keep: { rewardModel: reward, prompts: 1 },
  },
];

test.each(['score', 'measure', 'play', 'evaluate', 'sample'])(
  'a reward that is no number ends the task %s with the name of its model',
  async (kind) => {
    const task = tasks().find((each) => each.kind === kind)!;
    await expect(performHere(engine, task)).rejects.toThrow(
      `${reward} gives a reward of NaN: its training has diverged`,
    );
  },
);

test('a divergence that is no number is told as none', async () => {
  const { reports } = await performHere(engine, {
    ...{ kind: 'evaluate', evaluation: 1, models: [world.model, policy], prompts },
    ...{ rewardModel: null, simulated: false, ...sampling },
  });
  const [sound, unsound] = ofType(reports, 'answered')[0]!.completions;
  expect(sound!.kl).toBeCloseTo(0, 4);
  expect(unsound!.kl).toBeNull();
});
