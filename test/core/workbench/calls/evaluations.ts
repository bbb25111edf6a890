import { expect } from 'vitest';
import type { CallInput } from '../../../../core/contract/calls.ts';
import { tinyRequests } from '../tiny.ts';
import { addLabeler, addPrompts, bench, effort, prompt, world, type Cases } from './bench.ts';

type NewEvaluation = CallInput<'evaluations.create'>;

const create = (changes: Partial<NewEvaluation> = {}) =>
  bench.call('evaluations.create', {
    ...{ name: 'Test', models: [world.model, world.model], rewardModel: world.rewardModel },
    ...{ prompts: 2, maxTokens: 6 },
    ...changes,
  });

/** An evaluation of two prompts, answered by two models. */
async function answered(): Promise<number> {
  await addPrompts(prompt('the cat'), prompt('the dog', { useCase: 'chat' }));
  const { evaluation, work } = await create();
  expect(await bench.ended(work)).toMatchObject({ kind: 'evaluate', state: 'done' });
  return evaluation;
}

/** Judges the first item that waits, the candidate shown first the best; the change. */
async function judge(labeler: number, evaluation: number): Promise<number> {
  const item = (await bench.call('rank.item', { labeler, evaluation }))!;
  const shownOrder = item.candidates.map(({ id }) => id);
  const answer = {
    ranks: Object.fromEntries(shownOrder.map((id, i) => [id, i + 1])),
    ratings: { [shownOrder[0]!]: { overall: 6, labels: { hallucination: false } } },
  };
  const submission = { labeler, item: item.id, seed: item.seed, shownOrder, answer, effort };
  return (await bench.call('rank.submit', submission)).change;
}

const list = () => bench.call('evaluations.list', {});

/** What of the project was told to have changed. */
const told = () => bench.heard.flatMap(({ event, data }) => (event === 'changed' ? data.parts : []));

async function startRound(): Promise<number> {
  return (await bench.call('rounds.start', { policy: world.model })).id;
}

/** Evaluations and rounds. */
export const evaluationCases = {
  'evaluations.list': async () => {
    const id = await answered();
    const labeler = await addLabeler();
    await judge(labeler, id);
    expect(await list()).toMatchObject([
      {
        ...{ id, name: 'Test', prompts: 2, answered: 2, judged: 1, rewardModel: world.rewardModel },
        models: [
          { path: world.model, name: 'model' },
          { path: world.model, name: 'model' },
        ],
        settings: { temperature: 1, topP: 1, maxTokens: 6, seed: 0 },
      },
    ]);
    expect(await bench.call('rank.counts', { labeler, evaluation: id })).toMatchObject({
      ...{ pending: 1, submitted: 1 },
    });
    expect(await bench.call('rank.counts', { labeler })).toMatchObject({ pending: 0, submitted: 0 });
    expect(await bench.call('project.current', {})).toMatchObject({
      counts: { completions: 0, rankings: 0 },
    });
  },
  'evaluations.create': async () => {
    await expect(create()).rejects.toThrow('no prompt matches: change the filter, or add prompts');
    await addPrompts(prompt('the cat'));
    const scalar = create({ models: [world.model, world.rewardModel] });
    await expect(scalar).rejects.toThrow(/but an evaluation compares a language model/);
    await expect(create({ rewardModel: world.model })).rejects.toThrow(/answers are scored by/);
    expect(await list()).toEqual([]);
    const { evaluation, work } = await create();
    await bench.ended(work);
    expect(await list()).toMatchObject([{ id: evaluation, prompts: 1, answered: 1 }]);
    expect(told()).toContain('evaluations');
  },
  'evaluations.resume': async () => {
    const id = await answered();
    await expect(bench.call('evaluations.resume', { id })).rejects.toThrow('has an answer to every prompt');
    await expect(bench.call('evaluations.resume', { id: 99 })).rejects.toThrow('there is no evaluation 99');
  },
  'evaluations.remove': async () => {
    const id = await answered();
    const labeler = await addLabeler();
    await judge(labeler, id);
    const report = await bench.call('evaluations.report', { id });
    const { change } = await bench.call('evaluations.remove', { id });
    expect(await list()).toEqual([]);
    expect(await bench.call('rank.item', { labeler, evaluation: id })).toBeNull();
    await bench.call('changes.undo', { change });
    expect(await bench.call('evaluations.report', { id })).toEqual(report);
  },
  'evaluations.report': async () => {
    const id = await answered();
    const labeler = await addLabeler();
    const changes = [await judge(labeler, id), await judge(labeler, id)];
    expect(await bench.call('rank.item', { labeler, evaluation: id })).toBeNull();
    const { winRates, models, method } = await bench.call('evaluations.report', { id });
    expect(method).toContain('95%');
    expect(winRates).toMatchObject([{ model: 1, against: 0, overall: { n: 2 }, heldOut: null }]);
    expect(winRates[0]!.byUseCase.map(({ useCase }) => useCase)).toEqual(['chat', null]);
    expect(winRates[0]!.byLabeler).toMatchObject([{ labeler: { name: 'Ada' }, rate: { n: 2 } }]);
    expect(models).toMatchObject([{ tokens: { n: 2 }, reward: { n: 2 } }, { kl: { n: 2 } }]);
    expect(models.flatMap(({ overallCounts }) => overallCounts[5]!).reduce((a, b) => a + b)).toBe(2);
    await bench.call('changes.undo', { change: changes[1]! });
    const last = await bench.call('changes.lastLabel', { labeler, queue: 'rank', evaluation: id });
    expect(last?.change).toBe(changes[0]);
    expect((await bench.call('evaluations.report', { id })).winRates[0]!.overall).toMatchObject({ n: 1 });
  },

  'rounds.list': async () => {
    const [first, second] = [await startRound(), await startRound()];
    const { algorithm, data, preset, settings } = tinyRequests['reward-model'](world, '');
    const files = Object.fromEntries(Object.entries(data).map(([role, paths]) => [role, [paths].flat()]));
    const { work } = await bench.call('runs.start', {
      ...{ name: 'judge', algorithm, model: world.model, data: files, round: second },
      ...{ preset: preset!, settings: settings! },
    });
    const waiting = await bench.call('rounds.list', {});
    expect(waiting).toMatchObject([
      { rewardModel: null },
      { rewardModel: { name: 'judge' }, accuracy: null },
    ]);
    expect(await bench.ended(work)).toMatchObject({ state: 'done' });
    const rounds = await bench.call('rounds.list', {});
    expect(rounds).toMatchObject([
      { id: first, number: 1, rewardModel: null, accuracy: null, ppo: null },
      { id: second, number: 2, rewardModel: { name: 'judge', state: 'finished' }, ppo: null },
    ]);
    expect(rounds[1]!.accuracy).toBeGreaterThanOrEqual(0);
    expect(rounds[1]!.accuracy).toBeLessThanOrEqual(1);
  },
  'rounds.start': async () => {
    expect(await bench.call('rounds.start', { policy: world.model })).toMatchObject({
      ...{ number: 1, policy: { path: world.model, name: 'model' }, note: '', items: 0, ranked: 0 },
    });
    const scalar = bench.call('rounds.start', { policy: world.rewardModel });
    await expect(scalar).rejects.toThrow(/but a round begins with a language model/);
  },
  'rounds.annotate': async () => {
    const id = await startRound();
    await bench.call('rounds.annotate', { id, note: 'shorter answers' });
    expect(await bench.call('rounds.list', {})).toMatchObject([{ id, note: 'shorter answers' }]);
    await expect(bench.call('rounds.annotate', { id: 99, note: '' })).rejects.toThrow('there is no round 99');
  },
  'rounds.remove': async () => {
    const id = await startRound();
    const { change } = await bench.call('rounds.remove', { id });
    expect(await bench.call('rounds.list', {})).toEqual([]);
    await bench.call('changes.undo', { change });
    expect(await bench.call('rounds.list', {})).toMatchObject([{ id }]);
  },
  'rounds.sample': async () => {
    await addPrompts(prompt('the cat'), prompt('the dog'));
    const round = await startRound();
    const asked = { round, prompts: 2, completions: 2, maxTokens: 8 };
    const { work } = await bench.call('rounds.sample', asked);
    expect(await bench.ended(work)).toMatchObject({ kind: 'sample', state: 'done' });
    expect(await bench.call('rounds.list', {})).toMatchObject([{ items: 2, ranked: 0 }]);
    expect(told()).toContain('rounds');
  },
} satisfies Partial<Cases>;
