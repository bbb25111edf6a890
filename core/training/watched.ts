import type { Metrics } from '../contract/metrics.ts';
import { randomStream } from '../data/random.ts';
import type { Completion, Generator } from '../generation/generate.ts';
import type { PlacedModel } from '../model/placed.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { TrainingContext } from './context.ts';
import { mean } from './estimators.ts';
import { join, type Sequence } from './sequences.ts';

/** A prompt as it was written and as a model reads it. */
export interface PromptTokens {
  readonly text: string;
  readonly ids: Int32Array;
}

/** The hidden preference of simulated labelers for a completion, 0 to 1; undefined for a prompt unknown to them. */
export type Gold = (prompt: string, completion: string, ended: boolean) => number | undefined;

export interface WatchInputs {
  readonly tokenizer: Tokenizer;
  /** Any of them ends an answer; the first is what finished answers end with. */
  readonly endTokens: readonly number[];
  /** The same all through the run; may be empty. */
  readonly watched: readonly PromptTokens[];
  /** Measured, never learned from. */
  readonly gold?: Gold;
}

/** How the model in training answers. */
export interface Answering {
  readonly generator: Generator;
  readonly policy: PlacedModel;
  readonly maxTokens: number;
  /** One reward a sequence. */
  readonly score?: (sequences: readonly Sequence[], ended: readonly boolean[]) => Promise<ArrayLike<number>>;
}

/**
 * Where it is due, answers the watched prompts and keeps the answers as samples. The draws are the same each time,
 * so that answers differ by the model alone. Step 0 is before training.
 */
export async function watch(
  { run, seed }: TrainingContext,
  { step, total }: { readonly step: number; readonly total: number },
  { tokenizer, endTokens, watched, gold }: WatchInputs,
  { sampleEvery }: { readonly sampleEvery: number },
  { generator, policy, maxTokens, score }: Answering,
): Promise<Metrics> {
  const due = step % sampleEvery === 0 || step === total;
  if (!due || watched.length === 0) return {};
  const completions = await generator.generate(
    policy,
    watched.map(({ ids }) => ids),
    (prompt) => randomStream(seed, 'watched', prompt),
    { maxTokens, endTokens, padToken: tokenizer.padId },
  );
  const scores = await score?.(
    completions.map(({ ids }, i) => join(watched[i]!.ids, ids)),
    completions.map(({ ended }) => ended),
  );
  run.appendSamples(
    step,
    watched.map((prompt, i) => ({
      ...toSample(prompt, completions[i]!, tokenizer, gold),
      ...(scores && { score: scores[i]! }),
    })),
  );
  return scores ? { eval_reward: mean(scores) } : {};
}

function toSample(prompt: PromptTokens, { ids, ended }: Completion, tokenizer: Tokenizer, gold?: Gold) {
  const completion = tokenizer.continuation(prompt.ids, ids);
  const preference = gold?.(prompt.text, completion, ended);
  return {
    ...{ watched: true, prompt: prompt.text, completion, ended },
    ...(preference !== undefined && { gold: preference }),
  };
}
