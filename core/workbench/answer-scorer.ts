import type { SftSettings } from '../contract/algorithms.ts';
import { randomStream } from '../data/random.ts';
import { Generator, unfiltered } from '../generation/generate.ts';
import type { Model } from '../model/model.ts';
import { PlacedModel } from '../model/placed.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { TrainingContext } from '../training/context.ts';
import { mean } from '../training/estimators.ts';
import { Resources } from '../training/resources.ts';
import { ScalarScorer } from '../training/scoring.ts';
import { join, longestCompletion, type Sequence } from '../training/sequences.ts';
import type { SftInputs } from '../training/sft.ts';

/** Whose answers to which prompts are scored, and by what. */
export interface AnswerScoring {
  readonly policy: Model;
  readonly rewardModel: Model | undefined;
  readonly tokenizer: Tokenizer;
  readonly endTokens: readonly number[];
  /** Demonstrations whose prompts are answered; answers are as long as the longest of theirs. */
  readonly validation: readonly Sequence[];
  readonly settings: SftSettings;
}

type Score = Pick<SftInputs, 'rewardModelScore'>;

/**
 * Runs `use` with the mean reward of a policy's sampled answers to the validation prompts, or with nothing where
 * there is no reward model. The draws are the same each time, so that epochs differ by their policies alone.
 */
export async function withAnswerScorer<T>(
  { engine, seed }: TrainingContext,
  { policy, rewardModel, tokenizer, endTokens, validation, settings }: AnswerScoring,
  use: (score: Score) => Promise<T>,
): Promise<T> {
  if (!rewardModel) return use({});
  await using resources = new Resources();
  const reward = resources.keep(await PlacedModel.place(engine, rewardModel));
  const generator = resources.keep(await Generator.compile(engine, policy, unfiltered(1)));
  const { microBatchTokens } = settings;
  const scorer = resources.keep(await ScalarScorer.compile(engine, rewardModel, microBatchTokens));
  const prompts = validation.map(({ ids, start }) => ids.slice(0, start));
  const limits = {
    maxTokens: longestCompletion(validation),
    endTokens,
    padToken: tokenizer.padId,
  };
  const rewardModelScore = async (parameters: PlacedModel): Promise<number> => {
    const stream = (prompt: number) => randomStream(seed, 'validation answer', prompt);
    const answers = await generator.generate(parameters, prompts, stream, limits);
    return mean(
      await scorer.rewards(
        reward,
        answers.map(({ ids }, i) => join(prompts[i]!, ids)),
      ),
    );
  };
  return await use({ rewardModelScore });
}
