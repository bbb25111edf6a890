import type { CallArguments } from '../contract/calls.ts';
import type { Origin } from '../contract/entities.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { counted } from '../data/words.ts';
import { requireModel } from './model-folders.ts';
import { change, projectOf, type Service } from './service.ts';
import type { ReportOf, SampleTask } from './work/protocol.ts';

interface Samples extends CallArguments<'rank.sample'> {
  readonly keep?: SampleTask['keep'];
  /** The round that they belong to. */
  readonly round?: number;
}

/** Samples completions of prompts of the project, and queues those of every prompt to be ranked together. */
export function queueSamples(service: Service, samples: Samples): string {
  const { models, filter, prompts: count, completions, keep, round, ...settings } = samples;
  for (const model of models) requireModel(model, 'language', 'completions are sampled from');
  if (keep) requireModel(keep.rewardModel, 'scalar', 'prompts are chosen by');
  const project = projectOf(service);
  const prompts = project.prompts.choose(filter, count, settings.seed).map(({ id, text }) => ({ id, text }));
  if (prompts.length === 0)
    throw new ConfigurationError('no prompt matches: change the filter, or add prompts');
  return service.queue.add({
    kind: 'sample',
    title: `Sample ${completions} completions for ${counted(prompts.length, 'prompt')}`,
    total: prompts.length,
    task: { kind: 'sample', models, prompts, completions, ...(keep && { keep }), ...settings },
    onResult: async (result) => {
      if (result.type !== 'sampled') return;
      const item = { ...itemOf(result, settings), prompt: result.prompt };
      const of = round === undefined ? {} : { round };
      const parts = round === undefined ? (['rankings'] as const) : (['rankings', 'rounds'] as const);
      await change(service, parts, ({ rankings }) => rankings.add([item], of), project);
    },
  });
}

/** What is queued of a prompt's completions. */
export function itemOf(
  { completions, uncertainty }: ReportOf<'sampled'>,
  settings: Pick<SampleTask, 'temperature' | 'topP' | 'maxTokens' | 'seed'>,
) {
  const originOf = (name: string, ended: boolean): Origin => ({
    kind: 'sampled',
    name,
    settings: { ...settings, ended },
  });
  return {
    completions: completions.map(({ model, text, ended }) => ({ text, origin: originOf(model, ended) })),
    ...(uncertainty !== undefined && { uncertainty }),
  };
}
