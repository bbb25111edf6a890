import type { Prompt, Split } from '../contract/entities.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { RandomStream } from '../data/random.ts';

interface Shares {
  readonly validation: number;
  readonly test: number;
}

/**
 * Deals authors at random to the splits, never parts of one, until each split has its share of the prompts; a
 * prompt without an author is dealt alone. One split for each prompt.
 */
export function dealAuthors(
  prompts: readonly Pick<Prompt, 'id' | 'author'>[],
  shares: Shares,
  stream: RandomStream,
): Split[] {
  const groups = Map.groupBy(prompts, ({ id, author }) => author ?? id);
  const splits = dealGroups(
    [...groups.values()].map((group) => group.length),
    shares,
    stream,
  );
  const byGroup = new Map([...groups.keys()].map((key, i) => [key, splits[i]!]));
  return prompts.map(({ id, author }) => byGroup.get(author ?? id)!);
}

function dealGroups(sizes: readonly number[], { validation, test }: Shares, stream: RandomStream): Split[] {
  if (validation + test > 1)
    throw new ConfigurationError(
      `validation ${validation} and test ${test} are more than all prompts: together they may be at most 1`,
    );
  const total = sizes.reduce((a, b) => a + b, 0);
  const wanted = {
    train: total * (1 - validation - test),
    validation: total * validation,
    test: total * test,
  };
  const dealt: Split[] = new Array<Split>(sizes.length);
  for (const group of stream.shuffle([...sizes.keys()])) {
    const split = (['train', 'validation', 'test'] as const).reduce((a, b) =>
      wanted[b] > wanted[a] ? b : a,
    );
    dealt[group] = split;
    wanted[split] -= sizes[group]!;
  }
  return dealt;
}
