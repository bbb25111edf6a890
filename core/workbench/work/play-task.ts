import { Cancelled } from '../../contract/errors.ts';
import { randomStream } from '../../data/random.ts';
import { counted } from '../../data/words.ts';
import { decodeOptions } from '../../generation/generate.ts';
import type { Draft, Writing } from '../../generation/stream.ts';
import { join } from '../../training/sequences.ts';
import { requireFiniteRewards } from './finite-rewards.ts';
import type { LoadedModel } from './loaded-models.ts';
import type { PlayTask, ReportOf } from './protocol.ts';
import type { TaskHost } from './task-host.ts';

/** Answers written side by side. */
const ROWS = 16;
/** Least milliseconds between two reports on one answer that is being written. */
const PACE = 30;
/** Parts become longer while one takes less than this, and shorter where it takes more than thrice as long. */
const PART = 20;
/** Most tokens of a part. */
const LONGEST_PART = 16;

type Played = Omit<ReportOf<'played'>, 'type'>;

/**
 * Asks models the same and tells of their answers while they are written, a part of one model's and a part of the
 * next one's. The answers of all models are drawn with the same random numbers.
 */
export async function playTask(task: PlayTask, host: TaskHost): Promise<string> {
  const { models, signal, tell } = host;
  const total = task.models.length * task.samples;
  const folders = task.rewardModel === null ? task.models : [...task.models, task.rewardModel];
  await models.makeRoomFor(folders);
  tell({ type: 'progress', done: 0, total, message: 'writing answers' });
  const writers = new Set(task.models.map((_, model) => answersOf(task, model, host)));
  let done = 0;
  while (writers.size > 0)
    for (const writer of writers) {
      if (signal.aborted) throw new Cancelled();
      const { value: answered, done: isOver } = await writer.next();
      if (isOver) writers.delete(writer);
      else if (answered > 0)
        tell({ type: 'progress', done: (done += answered), total, message: 'writing answers' });
    }
  return `${counted(total, 'answer')} written`;
}

/** Writes the answers of one model, some side by side; yields after every part, with how many are done by it. */
async function* answersOf(task: PlayTask, model: number, host: TaskHost): AsyncGenerator<number, void> {
  const { temperature, topP, topK = 0, maxTokens, seed } = task;
  const sampling = { temperature, topP, topK };
  const loaded = await host.models.load(task.models[model]!);
  const generator = await host.models.streaming(loaded.architecture, decodeOptions(sampling));
  const texts = loaded.texts.reading(task.chatTemplate ?? 'auto');
  const { endTokens, tokenizer } = texts;
  const prompt = texts.prompt(task.prompt);
  for (let first = 0; first < task.samples; first += ROWS) {
    const samples = Array.from({ length: Math.min(ROWS, task.samples - first) }, (_, i) => first + i);
    const writing = generator.begin({
      ...{ policy: loaded.parameters, prompt, sampling },
      streams: samples.map((sample) => randomStream(seed, 'play', sample)),
      limits: { maxTokens, endTokens, padToken: tokenizer.padId },
    });
    const telling = new Telling(host, loaded, prompt, (row) => ({ model, sample: samples[row]! }));
    yield* write(writing, telling);
    const rewards = await rewardsOf(task, host, prompt, writing.drafts);
    telling.finish(writing.drafts, rewards);
    yield samples.length;
  }
}

async function* write(writing: Writing, telling: Telling): AsyncGenerator<number, void> {
  let tokens = 1;
  while (!writing.isOver) {
    const began = performance.now();
    await writing.goOn(tokens);
    const took = performance.now() - began;
    if (took < PART) tokens = Math.min(LONGEST_PART, 2 * tokens);
    else if (took > 3 * PART) tokens = Math.max(1, tokens >> 1);
    telling.goOn(writing.drafts);
    yield 0;
  }
}

/** The reward of every answer as it was written, by token; null without a reward model. */
async function rewardsOf(
  { rewardModel }: PlayTask,
  { models }: TaskHost,
  prompt: Int32Array,
  drafts: readonly Draft[],
): Promise<(number | null)[]> {
  if (rewardModel === null) return drafts.map(() => null);
  const { architecture, parameters } = await models.load(rewardModel);
  const scorer = await models.scorer(architecture);
  const sequences = drafts.map(({ ids }) => join(prompt, ids));
  return Array.from(requireFiniteRewards(await scorer.rewards(parameters, sequences), rewardModel));
}

/** Tells of answers that are written side by side: of what has changed, at a bearable pace, and of all at the end. */
class Telling {
  readonly #tell: TaskHost['tell'];
  readonly #writer: LoadedModel;
  readonly #prompt: Int32Array;
  readonly #place: (row: number) => Pick<Played, 'model' | 'sample'>;
  readonly #told = new Map<number, string>();
  #toldAt = -PACE;

  constructor(
    { tell }: TaskHost,
    writer: LoadedModel,
    prompt: Int32Array,
    place: (row: number) => Pick<Played, 'model' | 'sample'>,
  ) {
    this.#tell = tell;
    this.#writer = writer;
    this.#prompt = prompt;
    this.#place = place;
  }

  goOn(drafts: readonly Draft[]): void {
    if (performance.now() - this.#toldAt < PACE) return;
    this.#toldAt = performance.now();
    for (const [row, draft] of drafts.entries()) {
      const text = this.#textOf(draft);
      const shown = draft.ended ? text : withoutPartOfCharacter(text);
      this.#put(row, draft, shown, draft.ended ? 'ended' : 'writing', null);
    }
  }

  finish(drafts: readonly Draft[], rewards: readonly (number | null)[]): void {
    for (const [row, draft] of drafts.entries())
      this.#put(row, draft, this.#textOf(draft), draft.ended ? 'ended' : 'cut', rewards[row]!);
  }

  #textOf({ ids }: Draft): string {
    return this.#writer.texts.tokenizer.continuation(this.#prompt, ids);
  }

  #put(row: number, { ids }: Draft, text: string, state: Played['state'], reward: number | null): void {
    const told = JSON.stringify([text, state, reward]);
    if (this.#told.get(row) === told) return;
    this.#told.set(row, told);
    this.#tell({ type: 'played', ...this.#place(row), text, state, tokens: ids.length, reward });
  }
}

/** The bytes of a character may come in several tokens; until it is whole it reads as U+FFFD. */
const withoutPartOfCharacter = (text: string): string => text.replace(/\uFFFD+$/, '');
