import type { CallArguments } from '../../contract/calls.ts';
import { queueEvaluation, stopEvaluation } from '../evaluating.ts';
import { requireModel } from '../model-folders.ts';
import { nameModels } from '../model-names.ts';
import { change, projectOf, readInThread, type CallsOf, type Handlers, type Service } from '../service.ts';

export const evaluationHandlers = {
  'evaluations.list': (service) => projectOf(service).evaluations.list(),

  'evaluations.create': async (service, input) => {
    const evaluation = await create(service, input);
    return { evaluation, work: queueEvaluation(service, evaluation) };
  },

  'evaluations.resume': (service, { id }) => ({ work: queueEvaluation(service, id) }),

  'evaluations.remove': async (service, input) => {
    const removed = await change(service, ['evaluations', 'rankings'], ({ evaluations }) =>
      evaluations.remove(input),
    );
    stopEvaluation(service, input.id);
    return removed;
  },

  'evaluations.report': (service, input) => readInThread(service, 'evaluations.report', input),
} satisfies Handlers<CallsOf<'evaluations'>>;

async function create(
  service: Service,
  { models: paths, rewardModel, ...asked }: CallArguments<'evaluations.create'>,
): Promise<number> {
  for (const path of paths) requireModel(path, 'language', 'an evaluation compares');
  if (rewardModel !== null) requireModel(rewardModel, 'scalar', 'answers are scored by');
  const { temperature, topP, maxTokens, seed, chatTemplate, ...rest } = asked;
  const settings = { temperature, topP, maxTokens, seed, ...(chatTemplate === 'none' && { chatTemplate }) };
  const models = nameModels(service, paths);
  const { id } = await change(service, ['evaluations'], ({ evaluations }) =>
    evaluations.create({ ...rest, models, rewardModel, settings }),
  );
  return id;
}
