import { Cancelled } from '../../contract/errors.ts';
import { randomStream } from '../../data/random.ts';
import { Resources } from '../../training/resources.ts';
import { Sampler, type SampledText } from '../sampler.ts';
import { openFolder } from '../sources.ts';
import { counted } from '../../data/words.ts';
import { LeastCertain, type Candidate } from './least-certain.ts';
import type { SampleTask } from './protocol.ts';
import type { TaskHost } from './task-host.ts';

/** Completions decoded side by side. */
const ROWS = 64;
/** A completion that ends at once leaves a labeler nothing to read: so often another is drawn. */
const DRAWS = 8;

/** Fewer cannot be ranked. */
const LEAST = 2;

type Prompt = SampleTask['prompts'][number];

/** One completion to be made. */
interface Slot {
  readonly prompt: Prompt;
  /** Which of the prompt's completions it is. */
  readonly number: number;
  /** Which model writes it. */
  readonly model: number;
}

/**
 * Samples K completions of every prompt, some prompts at a time, and tells of each prompt as soon as it has all of
 * its own. Every completion has a stream of its own, so what comes of one prompt does not depend on the others.
 * Where only the least certain prompts are kept, they are told at the end, also of what was sampled before a stop.
 */
export async function sampleTask(task: SampleTask, { engine, signal, tell }: TaskHost): Promise<string> {
  await using resources = new Resources();
  const samplers: Sampler[] = [];
  for (const folder of task.models)
    samplers.push(resources.keep(await Sampler.start(engine, openFolder(folder), { ...task, topK: 0 })));
  const leastCertain = task.keep && (await LeastCertain.open(task.keep, engine, resources));
  const total = task.prompts.length;
  const size = Math.max(1, Math.floor(ROWS / task.completions));
  let made = 0;
  try {
    for (let first = 0; first < total; first += size) {
      if (signal.aborted) throw new Cancelled();
      const group = task.prompts.slice(first, first + size);
      const fitting = group.filter((prompt) => fits(prompt, samplers));
      const written = await complete(fitting, samplers, task);
      made += leastCertain ? await leastCertain.consider(written) : written.length;
      if (!leastCertain)
        for (const { prompt, completions } of written) tell({ type: 'sampled', prompt, completions });
      tell({ type: 'progress', done: first + group.length, total, message: 'sampling completions' });
    }
  } finally {
    for (const chosen of leastCertain?.chosen() ?? []) tell({ type: 'sampled', ...chosen });
  }
  return describe(made, total - made, leastCertain?.chosen().length);
}

const fits = ({ text }: Prompt, samplers: readonly Sampler[]): boolean =>
  samplers.every((sampler) => sampler.hasRoomAfter(sampler.texts.prompt(text)));

function describe(made: number, leftOut: number, kept = made): string {
  const of = kept === made ? '' : `, of which the ${kept} least certain are kept`;
  const done = `completions sampled for ${counted(made, 'prompt')}${of}`;
  if (leftOut === 0) return done;
  return `${done}; ${leftOut} left out, too long for the context or answered with nothing`;
}

async function complete(
  prompts: readonly Prompt[],
  samplers: readonly Sampler[],
  task: SampleTask,
): Promise<Candidate[]> {
  const slots = prompts.flatMap((prompt) => slotsOf(prompt, task));
  const texts = await fill(slots, samplers, task);
  const written = prompts.map((prompt) => ({
    prompt: prompt.id,
    text: prompt.text,
    completions: slots.flatMap((slot, i) => {
      const text = texts[i];
      if (slot.prompt !== prompt || text === undefined) return [];
      const { completion, ended } = text;
      return [{ model: task.models[slot.model]!, text: completion, ended }];
    }),
  }));
  const needed = Math.min(task.completions, LEAST);
  return written.filter(({ completions }) => completions.length >= needed);
}

/** Models take turns, and which begins differs from prompt to prompt, so that all write equally many. */
const slotsOf = (prompt: Prompt, { completions, models }: SampleTask): Slot[] =>
  Array.from({ length: completions }, (_, number) => ({
    prompt,
    number,
    model: (prompt.id + number) % models.length,
  }));

async function fill(
  slots: readonly Slot[],
  samplers: readonly Sampler[],
  task: SampleTask,
): Promise<(SampledText | undefined)[]> {
  const texts: (SampledText | undefined)[] = slots.map(() => undefined);
  for (let draw = 0; draw < DRAWS; draw++)
    for (const [model, sampler] of samplers.entries()) {
      const open = slots.flatMap((slot, i) => (slot.model === model && !texts[i] ? [i] : []));
      if (open.length === 0) continue;
      const made = await sampler.complete(
        open.map((i) => sampler.texts.prompt(slots[i]!.prompt.text)),
        (i) => streamOf(slots[open[i]!]!, draw, task.seed),
      );
      open.forEach((slot, i) => (texts[slot] = made[i]!.completion.trim() === '' ? undefined : made[i]));
    }
  return texts;
}

const streamOf = ({ prompt, number }: Slot, draw: number, seed: number) =>
  randomStream(seed, 'candidate', prompt.id, number, draw);
