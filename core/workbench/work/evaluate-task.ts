import { Cancelled } from '../../contract/errors.ts';
import { randomStream } from '../../data/random.ts';
import { counted } from '../../data/words.ts';
import type { Engine } from '../../engine/engine.ts';
import type { SimulatedLabelers } from '../../evaluation/simulated-labelers.ts';
import { describeModel } from '../../model/model.ts';
import { PlacedModel } from '../../model/placed.ts';
import { sum } from '../../training/estimators.ts';
import { Resources } from '../../training/resources.ts';
import { LogprobScorer, ScalarScorer, SCORED_TOGETHER } from '../../training/scoring.ts';
import { join } from '../../training/sequences.ts';
import { Sampler, type SampledTokens } from '../sampler.ts';
import { differenceOfTokens, openFolder, requireHead } from '../sources.ts';
import type { Texts } from '../texts.ts';
import { requireFiniteRewards } from './finite-rewards.ts';
import type { EvaluateTask, ReportOf } from './protocol.ts';
import type { TaskHost } from './task-host.ts';

/** Prompts that every model answers before the next ones. */
const GROUP = 32;

type Prompt = EvaluateTask['prompts'][number];
type Answered = ReportOf<'answered'>;
type Answer = Answered['completions'][number];

interface Contestant {
  readonly sampler: Sampler;
  /** Whether the first model can read what this one writes. */
  readonly comparable: boolean;
}

/**
 * Has every model answer every prompt, some prompts at a time, and tells of each prompt with all of its answers. All
 * models draw with the same random numbers, and what comes of one prompt does not depend on the others.
 */
export async function evaluateTask(task: EvaluateTask, host: TaskHost): Promise<string> {
  const { signal, tell } = host;
  await using resources = new Resources();
  const contestants = await openContestants(task, host, resources);
  const judges = await openJudges(task, contestants[0]!.sampler.parameters, host, resources);
  const total = task.prompts.length;
  let answered = 0;
  for (let first = 0; first < total; first += GROUP) {
    const group = task.prompts.slice(first, first + GROUP);
    const fitting = group.filter(({ text }) => contestants.every(({ sampler }) => fits(sampler, text)));
    const answers: Answer[][] = [];
    for (const contestant of contestants) {
      if (signal.aborted) throw new Cancelled();
      answers.push(await answersOf(contestant, fitting, task, judges));
    }
    for (const [i, prompt] of fitting.entries())
      tell(
        report(
          prompt,
          answers.map((each) => each[i]!),
          task,
          host.simulated,
        ),
      );
    answered += fitting.length;
    tell({ type: 'progress', done: first + group.length, total, message: 'answering prompts' });
  }
  return describe(answered, total - answered);
}

const fits = (sampler: Sampler, text: string): boolean => sampler.hasRoomAfter(sampler.texts.prompt(text));

function describe(answered: number, leftOut: number): string {
  const done = `${counted(answered, 'prompt')} answered by every model`;
  return leftOut === 0 ? done : `${done}; ${leftOut} left out, too long for the context`;
}

async function openContestants(
  task: EvaluateTask,
  { engine }: TaskHost,
  resources: Resources,
): Promise<Contestant[]> {
  const first = openFolder(task.models[0]!, task);
  const contestants: Contestant[] = [];
  for (const folder of task.models) {
    const opened = folder === first.where ? first : openFolder(folder, task);
    const comparable = differenceOfTokens(first, opened) === undefined;
    const sampler = resources.keep(await Sampler.start(engine, opened, { ...task, topK: 0 }));
    contestants.push({ sampler, comparable });
  }
  return contestants;
}

/** What answers are measured by; the reference is the first model. */
interface Judges {
  readonly reference: { readonly scorer: LogprobScorer; readonly parameters: PlacedModel };
  readonly reward: Reward | undefined;
  readonly simulated: SimulatedLabelers;
}

interface Reward {
  readonly scorer: ScalarScorer;
  readonly parameters: PlacedModel;
  readonly texts: Texts;
  readonly context: number;
  readonly folder: string;
}

async function openJudges(
  { models, rewardModel, temperature }: EvaluateTask,
  parameters: PlacedModel,
  { engine, simulated }: TaskHost,
  resources: Resources,
): Promise<Judges> {
  const architecture = describeModel(models[0]!);
  // Sampled log-probabilities are those of temperature 1 where the likeliest token is taken.
  const scorer = resources.keep(
    await LogprobScorer.compile(engine, architecture, temperature || 1, SCORED_TOGETHER),
  );
  const reward = rewardModel === null ? undefined : await openReward(rewardModel, engine, resources);
  return { reference: { scorer, parameters }, reward, simulated };
}

async function openReward(folder: string, engine: Engine, resources: Resources): Promise<Reward> {
  const opened = openFolder(folder);
  requireHead(opened, 'scalar', 'answers are scored by');
  const { model, texts } = opened;
  return {
    scorer: resources.keep(await ScalarScorer.compile(engine, model, SCORED_TOGETHER)),
    parameters: resources.keep(await PlacedModel.place(engine, model)),
    texts,
    context: model.config.context,
    folder,
  };
}

/** One model's answer to every prompt. */
async function answersOf(
  { sampler, comparable }: Contestant,
  prompts: readonly Prompt[],
  { seed }: EvaluateTask,
  { reference, reward, simulated }: Judges,
): Promise<Answer[]> {
  const made = await sampler.complete(
    prompts.map(({ text }) => sampler.texts.prompt(text)),
    (i) => randomStream(seed, 'evaluation', prompts[i]!.id),
  );
  const kls = comparable ? await divergences(made, reference) : [];
  const rewards = reward ? await rewardsOf(made, prompts, reward) : [];
  return made.map(({ completion: text, ended, ids }, i) => ({
    ...{ text, ended, tokens: ids.length },
    kl: finiteOrNull(kls[i]),
    reward: rewards[i] ?? null,
    gold: simulated.gold(prompts[i]!.text, { text, ended }) ?? null,
  }));
}

/** A measure that could not be taken, or of a model that has diverged, is none. */
const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

/** Σ log π − log π of the first model over the tokens of every answer. */
async function divergences(
  made: readonly SampledTokens[],
  { scorer, parameters }: Judges['reference'],
): Promise<number[]> {
  const scores = await scorer.score(
    parameters,
    made.map(({ prompt, ids }) => join(prompt, ids)),
  );
  return made.map(({ logprob }, i) => logprob - sum(scores[i]!.logprobs));
}

/** By the reward model's own tokens, which may be others; undefined for what is too long for it. */
async function rewardsOf(
  made: readonly SampledTokens[],
  prompts: readonly Prompt[],
  { scorer, parameters, texts, context, folder }: Reward,
): Promise<(number | undefined)[]> {
  const sequences = made.map(({ completion, ended }, i) => texts.answer(prompts[i]!.text, completion, ended));
  const fitting = sequences.filter(({ ids }) => ids.length <= context);
  const rewards = requireFiniteRewards(await scorer.rewards(parameters, fitting), folder);
  return sequences.map((sequence) => rewards[fitting.indexOf(sequence)]);
}

function report(
  prompt: Prompt,
  answers: Answer[],
  task: EvaluateTask,
  simulated: SimulatedLabelers,
): Answered {
  const rankings = simulated.names.flatMap((labeler) => {
    const ranks = task.simulated && simulated.rank(labeler, prompt.text, answers, task.seed);
    return ranks ? [{ labeler, ranks: [...ranks] }] : [];
  });
  return { type: 'answered', prompt: prompt.id, completions: answers, rankings };
}
