import type { CallArguments, CallResult } from '../../contract/calls.ts';
import { ConfigurationError, ProjectError } from '../../contract/errors.ts';
import { sampleMore } from '../evaluating.ts';
import { requireModel } from '../model-folders.ts';
import { queueSamples } from '../queue-samples.ts';
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

  'rank.add': (service, input) => add(service, input),

  'rank.sample': (service, input) => ({ work: queueSamples(service, input) }),

  'rank.scoreQueue': (service, { model }) => ({ work: scoreQueue(service, model) }),
} satisfies Handlers<CallsOf<'rank'>>;

/** As many as there are ranks. */
const MOST = 9;

async function add(service: Service, input: CallArguments<'rank.add'>): Promise<CallResult<'rank.add'>> {
  const { prompt, completions, more } = input;
  const count = completions.length + (more?.count ?? 0);
  if (count < 2 || count > MOST)
    throw new ConfigurationError(`${counted(count, 'completion')} cannot be ranked: give 2 to ${MOST}`);
  if (more !== null) return { item: null, work: sampleMore(service, input) };
  const { item } = await change(service, ['prompts', 'demonstrations', 'rankings'], ({ rankings }) =>
    rankings.addExchange({ prompt, completions }),
  );
  return { item, work: null };
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
