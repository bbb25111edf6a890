/** A completion as a labeler sees it. */
export interface SeenCompletion {
  readonly text: string;
  /** Whether it stopped by itself. */
  readonly ended: boolean;
}

/**
 * People who answer at once, for prompts of a world that has some. They share a hidden preference up to taste and
 * attention: it measures a policy, and nothing ever learns from it.
 */
export interface SimulatedLabelers {
  /** By the names that the project knows them under. */
  readonly names: readonly string[];
  /** The hidden preference, 0 to 1; undefined for a prompt of another world. */
  gold(prompt: string, completion: SeenCompletion): number | undefined;
  /** Ranks of completions of one prompt, 1 best, equal is a tie; the same for the same seed. */
  rank(
    name: string,
    prompt: string,
    completions: readonly SeenCompletion[],
    seed: number,
  ): readonly number[] | undefined;
}
