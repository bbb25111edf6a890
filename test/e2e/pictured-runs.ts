/** Runs of the starter project as a person would make them, for the pictures: every stage, two of PPO, and what came of it. */
import type { CallInput } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';

type Algorithm = CallInput<'runs.suggest'>['algorithm'];

/** Resolves once a piece of work has ended well. */
async function done(window: Connection, work: string): Promise<void> {
  for (;;) {
    const works = await window.call('work.list', {});
    const { state, message } = works.find(({ id }) => id === work)!;
    if (state === 'done') return;
    if (state !== 'queued' && state !== 'working') throw new Error(`${state}: ${message}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function train(
  window: Connection,
  algorithm: Algorithm,
  changes: Partial<CallInput<'runs.start'>> = {},
): Promise<void> {
  const form = await window.call('runs.suggest', { algorithm });
  const { work } = await window.call('runs.start', { ...form, ...changes } as CallInput<'runs.start'>);
  await done(window, work);
}

export async function trainAll(window: Connection): Promise<void> {
  await window.call('snapshots.create', { name: 'First labels' });
  await train(window, 'sft');
  await train(window, 'reward-model');
  // What ended its reward model's run is measured by itself: the queue is empty once that is over too.
  const kept = { checkpointEvery: 6, keepCheckpoints: 10 };
  await train(window, 'ppo', { settings: kept });
  await train(window, 'ppo', { name: 'ppo-weak-kl', settings: { ...kept, klCoef: 0.02 } });
  const models = await window.call('models.list', {});
  const modelsOf = (run: RegExp) => models.filter(({ name, head }) => run.test(name) && head === 'language');
  const compared = [...modelsOf(/^sft$/), ...modelsOf(/^ppo, step/)].map(({ path }) => path);
  const evaluation = await window.call('evaluations.create', {
    name: 'PPO along its way, against SFT',
    models: compared.slice(0, 6),
    rewardModel: models.find(({ head }) => head === 'scalar')!.path,
    simulated: true,
    filter: { splits: ['test'] },
    prompts: 60,
  });
  await done(window, evaluation.work);
  const [sft] = modelsOf(/^sft$/);
  const round = await window.call('rounds.start', { policy: sft!.path });
  const sampled = await window.call('rounds.sample', {
    round: round.id,
    prompts: 20,
    completions: 4,
    filter: { splits: ['train'] },
    informative: { rewardModel: models.find(({ head }) => head === 'scalar')!.path, outOf: 80 },
  });
  await done(window, sampled.work);
  await train(window, 'reward-model', { round: round.id, name: 'reward-model-round-1' });
  await train(window, 'ppo', { round: round.id, name: 'ppo-round-1', settings: { episodes: 1536 } });
  const after = await window.call('models.list', {});
  await window.call('rounds.start', { policy: after.find(({ name }) => name === 'ppo-round-1')!.path });
}
