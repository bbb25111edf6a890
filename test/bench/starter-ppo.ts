/** A PPO run of the starter from the window's side, without the training that comes before it. */
import { join, resolve } from 'node:path';
import type { Connection } from '../../core/contract/messages.ts';
import { randomStream } from '../../core/data/random.ts';
import { loadModel, withScalarHead } from '../../core/model/model.ts';
import { Tokenizer } from '../../core/model/tokenizer.ts';
import { saveModelFolder } from '../../core/training/trainee.ts';

const base = resolve(import.meta.dirname, '../../resources/starter/model');

/** Opens the starter project and starts PPO of its base model on the reward of a fresh head; gives the run's work. */
export async function startPpo(window: Connection, folder: string): Promise<string> {
  await window.call('project.openStarter', {});
  await window.call('snapshots.create', { name: 'bench' });
  const rewardModel = join(folder, 'reward-model');
  await saveModelFolder(
    withScalarHead(loadModel(base), randomStream(1, 'head')),
    rewardModel,
    Tokenizer.load(base),
  );
  const form = await window.call('runs.suggest', { algorithm: 'ppo' });
  const { work } = await window.call('runs.start', { ...form, model: base, rewardModel });
  return work;
}
