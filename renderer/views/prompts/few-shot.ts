/** Few-shot prompts as InstructGPT's labelers wrote them: an instruction, K inputs with their outputs, and a query. */
export interface Pair {
  readonly input: string;
  readonly output: string;
}

export interface FewShot {
  readonly instruction: string;
  readonly pairs: readonly Pair[];
  /** The input that is to be answered. */
  readonly query: string;
}

const emptyPair: Pair = { input: '', output: '' };
export const emptyFewShot: FewShot = { instruction: '', pairs: [emptyPair, emptyPair], query: '' };

/** The prompt it makes; pairs that are wholly empty are left out. */
export function composeFewShot({ instruction, pairs, query }: FewShot): string {
  const examples = pairs.filter((pair) => !isEmpty(pair)).map(({ input, output }) => example(input, output));
  return [instruction.trim(), ...examples, example(query, '')].filter((part) => part !== '').join('\n\n');
}

const example = (input: string, output: string): string =>
  `Input: ${input.trim()}\nOutput: ${output.trim()}`.trimEnd();

const isEmpty = ({ input, output }: Pair): boolean => input.trim() === '' && output.trim() === '';

/** Why it cannot be added yet; null when it can. */
export function fewShotProblem({ instruction, pairs, query }: FewShot): string | null {
  const used = pairs.filter((pair) => !isEmpty(pair));
  if (instruction.trim() === '') return 'Write the instruction that every example follows.';
  if (used.length === 0) return 'Fill in at least one example.';
  if (used.some(({ input, output }) => input.trim() === '' || output.trim() === ''))
    return 'Give every example both an input and an output.';
  if (query.trim() === '') return 'Write the query: the input that is to be answered.';
  return null;
}

export const withPair = (fewShot: FewShot, at: number, pair: Partial<Pair>): FewShot => ({
  ...fewShot,
  pairs: fewShot.pairs.map((old, i) => (i === at ? { ...old, ...pair } : old)),
});

export const withPairAdded = (fewShot: FewShot): FewShot => ({
  ...fewShot,
  pairs: [...fewShot.pairs, emptyPair],
});

export const withPairRemoved = (fewShot: FewShot, at: number): FewShot => ({
  ...fewShot,
  pairs: fewShot.pairs.filter((_, i) => i !== at),
});
