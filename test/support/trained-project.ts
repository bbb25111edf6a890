/** A project in which each stage was trained once, in as few steps as there can be, and what came of it judged. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallInput, Work } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';

type RunForm = CallInput<'runs.start'>;

const starter = join(import.meta.dirname, '../../resources/starter');
/** Examples of the starter that a stage learns from, and is validated with. */
const EXAMPLES = 32;

/** The files of the starter of which a few examples take the place of all that the project has. */
const few: Readonly<Partial<Record<RunForm['algorithm'], Readonly<Record<string, string>>>>> = {
  sft: { demonstrations: 'demonstrations.train', validation: 'demonstrations.validation' },
  'reward-model': { rankings: 'rankings.train', validation: 'rankings.validation' },
};

const sft = { epochs: 2, pretrainingShare: 0, sampleEvery: 1 };
const ppo = {
  episodes: 32,
  batchSize: 16,
  minibatches: 1,
  responseLength: 12,
  checkpointEvery: 1,
  sampleEvery: 1,
};
const sampling = { maxTokens: 12, temperature: 1 };

/** In the starter project, which the window has open; files that runs learn from are written into a folder. */
export async function trainEachStage(window: Connection, folder: string): Promise<void> {
  await window.call('snapshots.create', { name: 'First labels' });
  const policy = await train(window, folder, { algorithm: 'sft', settings: sft });
  const rewardModel = await train(window, folder, { algorithm: 'reward-model' });
  await finished(window, await window.call('rewardModels.measure', { model: rewardModel }));
  const tuned = await train(window, folder, { algorithm: 'ppo', settings: ppo });
  const models = [policy, tuned];
  const asked = { filter: { splits: ['test' as const] }, prompts: 6, ...sampling };
  const name = 'PPO against SFT';
  await finished(
    window,
    await window.call('evaluations.create', { name, models, rewardModel, simulated: true, ...asked }),
  );
  const { id: round } = await window.call('rounds.start', { policy });
  await finished(
    window,
    await window.call('rounds.sample', { round, prompts: 2, completions: 2, ...sampling }),
  );
}

/** As the project suggests, but from a few examples; gives the folder of the model. */
async function train(
  window: Connection,
  folder: string,
  changes: Pick<RunForm, 'algorithm' | 'settings'>,
): Promise<string> {
  const suggested = await window.call('runs.suggest', { algorithm: changes.algorithm });
  const data: Record<string, string[]> = {};
  for (const [role, file] of Object.entries(few[changes.algorithm] ?? {}))
    data[role] = [examplesOf(file, folder)];
  const form = { ...suggested, ...changes, data } as RunForm;
  const { run } = await finished(window, await window.call('runs.start', form));
  return join(run!, 'model');
}

/** The first of a file of the starter, in a file of their own. */
function examplesOf(file: string, folder: string): string {
  const lines = readFileSync(join(starter, `${file}.jsonl`), 'utf8').split('\n');
  const path = join(folder, `${file}.jsonl`);
  writeFileSync(path, `${lines.slice(0, EXAMPLES).join('\n')}\n`);
  return path;
}

/** Resolves once a piece of work has ended well. */
export function finished(window: Connection, { work: id }: { readonly work: string }): Promise<Work> {
  const ended = Promise.withResolvers<Work>();
  const look = (work: Work) => {
    if (work.id !== id || work.state === 'queued' || work.state === 'working') return;
    if (work.state === 'done') ended.resolve(work);
    else ended.reject(new Error(`${work.title}: ${work.message}`));
  };
  const stop = window.on('work', look);
  // It may have ended before anybody listened.
  void window.call('work.list', {}).then((works) => works.forEach(look));
  return ended.promise.finally(stop);
}
