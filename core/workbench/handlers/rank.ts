import type { CallArguments } from '../../contract/calls.ts';
import type { Origin } from '../../contract/entities.ts';
import { ConfigurationError, ProjectError } from '../../contract/errors.ts';
import { requireModel } from '../model-folders.ts';
import { change, projectOf, type CallsOf, type Handlers, type Service } from '../service.ts';
import { uncertaintyOf } from '../uncertainty.ts';
import { counted } from '../../data/words.ts';

export const rankHandlers = {
  'rank.item': (service, input) => {
    const { overlap, order } = service.settings.value.labeling;
    return projectOf(service).rankings.item(input, { overlap, order });
  },

  // A draft is no change of the project's: telling of every keystroke would have windows read all day.
  'rank.saveDraft': async (service, input) => {
    await change(service, [], (project) => project.rankings.saveDraft(input));
    return {};
  },

  'rank.submit': (service, input) => {
    const { reask } = service.settings.value.labeling;
    return change(service, ['rankings'], (project) => project.rankings.submit(input, { reask }));
  },

  'rank.skip': (service, input) => change(service, ['rankings'], (project) => project.rankings.skip(input)),

  'rank.flag': (service, input) => change(service, ['rankings'], (project) => project.rankings.flag(input)),

  'rank.counts': (service, input) => {
    const { overlap } = service.settings.value.labeling;
    return projectOf(service).rankings.counts(input, { overlap });
  },

  'rank.reveal': (service, input) => projectOf(service).rankings.reveal(input),

  'rank.sample': (service, input) => ({ work: sample(service, input) }),

  'rank.scoreQueue': (service, { model }) => ({ work: scoreQueue(service, model) }),
} satisfies Handlers<CallsOf<'rank'>>;

function sample(service: Service, input: CallArguments<'rank.sample'>): string {
  const { models, filter, prompts: count, completions, ...settings } = input;
  for (const model of models) requireModel(model, 'language', 'completions are sampled from');
  const project = projectOf(service);
  const prompts = project.prompts.choose(filter, count, settings.seed).map(({ id, text }) => ({ id, text }));
  if (prompts.length === 0)
    throw new ConfigurationError('no prompt matches: change the filter, or add prompts');
  const originOf = (name: string, ended: boolean): Origin => ({
    kind: 'sampled',
    name,
    settings: { ...settings, ended },
  });
  return service.queue.add({
    kind: 'sample',
    title: `Sample ${completions} completions for ${counted(prompts.length, 'prompt')}`,
    total: prompts.length,
    task: { kind: 'sample', models, prompts, completions, ...settings },
    onResult: async (result) => {
      if (result.type !== 'sampled') return;
      const written = result.completions.map(({ model, text, ended }) => ({
        text,
        origin: originOf(model, ended),
      }));
      const item = { prompt: result.prompt, completions: written };
      await change(service, ['rankings'], ({ rankings }) => rankings.add([item]), project);
    },
  });
}

function scoreQueue(service: Service, model: string): string {
  requireModel(model, 'scalar', 'waiting items are scored by');
  const project = projectOf(service);
  const items = project.rankings.waiting();
  if (items.length === 0)
    throw new ProjectError('no ranking item waits: sample completions or import some first');
  return service.queue.add({
    kind: 'score',
    title: `Score ${counted(items.length, 'waiting item')}`,
    total: items.length,
    task: { kind: 'score', model, items },
    onResult: async (result) => {
      if (result.type !== 'scored') return;
      const score = { item: result.item, uncertainty: uncertaintyOf(result.rewards) };
      await change(service, ['rankings'], ({ rankings }) => rankings.setUncertainty([score]), project);
    },
  });
}
