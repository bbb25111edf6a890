/** Evaluations, the samples of a round and those that join an exchange from elsewhere: what the trainer does for them. */
import type { CallArguments } from '../contract/calls.ts';
import { ConfigurationError, ProjectError } from '../contract/errors.ts';
import { counted } from '../data/words.ts';
import { countTokens } from './count-tokens.ts';
import { requireModel } from './model-folders.ts';
import { itemOf, queueSamples } from './queue-samples.ts';
import { change, projectOf, type Service } from './service.ts';
import type { ReportOf } from './work/protocol.ts';

type Answer = ReportOf<'answered'>['completions'][number];

/** Has an evaluation's models answer what they have not answered yet; where they are at it, that is the work. */
export function queueEvaluation(service: Service, id: number): string {
  const project = projectOf(service);
  const { name, models, rewardModel, simulated, settings } = project.evaluations.require(id);
  const underWay = workOn(service, id);
  if (underWay !== undefined) return underWay;
  const prompts = project.evaluations.unanswered(id).map(({ id: prompt, text }) => ({ id: prompt, text }));
  if (prompts.length === 0)
    throw new ProjectError(
      `the evaluation ${name} has an answer to every prompt: judge it, or create another`,
    );
  const parts = simulated ? (['evaluations', 'labelers'] as const) : (['evaluations'] as const);
  return service.queue.add({
    kind: 'evaluate',
    title: `Evaluate ${counted(models.length, 'model')}: ${name}`,
    total: prompts.length,
    task: {
      ...{ kind: 'evaluate', evaluation: id, models: models.map(({ path }) => path) },
      ...{ prompts, rewardModel, simulated, ...settings },
    },
    onResult: async (result) => {
      if (result.type !== 'answered') return;
      const answered = {
        ...{ evaluation: id, prompt: result.prompt, judgments: result.rankings },
        answers: result.completions.map((answer) => ({ text: answer.text, settings: measuresOf(answer) })),
      };
      await change(service, parts, ({ evaluations }) => evaluations.addAnswers(answered), project);
    },
  });
}

/** Ends the work on an evaluation, where there is some. */
export function stopEvaluation(service: Service, id: number): void {
  const work = workOn(service, id);
  if (work !== undefined) service.queue.stop(work);
}

const workOn = ({ queue }: Service, id: number): string | undefined =>
  queue.find((task) => task.kind === 'evaluate' && task.evaluation === id);

/** What is known of an answer; a measure that could not be taken is absent. */
function measuresOf({ tokens, ended, ...measures }: Answer): Record<string, number | boolean> {
  const { reward, kl, gold } = measures;
  const taken = Object.entries({ reward, kl, gold }).filter(
    (entry): entry is [string, number] => entry[1] !== null,
  );
  return { tokens, ended, ...Object.fromEntries(taken) };
}

/** Samples completions of a round's policy, of the least certain prompts alone where a reward model is given. */
export function queueRoundSamples(
  service: Service,
  { round, informative, prompts, ...sampling }: CallArguments<'rounds.sample'>,
): string {
  const { policy } = projectOf(service).rounds.require(round);
  if (informative === null)
    return queueSamples(service, { ...sampling, models: [policy.path], prompts, round });
  const { rewardModel, outOf } = informative;
  if (outOf < prompts)
    throw new ConfigurationError(
      `${prompts} prompts cannot be chosen out of ${outOf}: sample more of them, or keep fewer`,
    );
  const keep = { rewardModel, prompts };
  return queueSamples(service, { ...sampling, models: [policy.path], prompts: outOf, keep, round });
}

/** Samples other completions of an exchange from elsewhere, and queues it once there are all. */
export function sampleMore(
  service: Service,
  { prompt, completions, more }: CallArguments<'rank.add'>,
): string {
  const { model, count } = more!;
  requireModel(model, 'language', 'completions are sampled from');
  const project = projectOf(service);
  const settings = { temperature: 1, topP: 1, maxTokens: roomIn(model, prompt), seed: Date.now() };
  return service.interactive.add({
    kind: 'sample',
    title: `Sample ${counted(count, 'completion')} to be ranked`,
    total: 1,
    task: {
      kind: 'sample',
      models: [model],
      prompts: [{ id: 1, text: prompt }],
      completions: count,
      ...settings,
    },
    onResult: async (result) => {
      if (result.type !== 'sampled') return;
      const exchange = { prompt, completions: [...completions, ...itemOf(result, settings).completions] };
      const parts = ['prompts', 'demonstrations', 'rankings'] as const;
      await change(service, parts, ({ rankings }) => rankings.addExchange(exchange), project);
    },
  });
}

/** Most tokens of a completion from elsewhere's companions. */
const LONGEST = 256;

function roomIn(model: string, prompt: string): number {
  const { prompt: tokens, context } = countTokens(model, prompt, '');
  if (tokens < context) return Math.min(LONGEST, context - tokens);
  throw new ConfigurationError(
    `the prompt has ${tokens} tokens, which leaves no room in the context of ${context} of ${model}: shorten it`,
  );
}
