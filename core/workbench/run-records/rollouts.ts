import { tokenQuantities, type Rollouts } from '../../contract/calls.ts';
import { DataError } from '../../contract/errors.ts';
import type { HostTensors } from '../../data/safetensors.ts';
import type { TokenTexts } from '../../model/token-texts.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import type { Texts } from '../texts.ts';
import { textsOf } from './token-texts.ts';

/** The rollouts of a step with the text of every token. Throws a `DataError` where they were not kept. */
export function rolloutsOf(run: RunFolder, step: number): Rollouts {
  if (!run.rolloutSteps().includes(step))
    throw new DataError(`${run.path} has no rollouts of step ${step}: choose a step that has some`);
  const tensors = run.readRollouts(step);
  const { texts, tokens } = textsOf(run);
  const ids = integers(tensors, 'completions');
  const lengths = integers(tensors, 'completionLengths');
  const prompts = cut(integers(tensors, 'prompts'), integers(tensors, 'promptLengths'));
  return {
    step,
    klCoef: klCoefAt(run, step),
    prompts: promptTexts(prompts, integers(tensors, 'promptNumbers'), texts),
    completions: cut(ids, lengths).map((completion, i) => tokens.continuation(prompts[i]!, completion)),
    lengths,
    tokens: textsOfTokens(ids, tokens),
    ended: Array.from(integers(tensors, 'ended'), (ended) => ended === 1),
    scores: floats(tensors, 'scores'),
    quantities: Object.fromEntries(
      tokenQuantities.map((name) => [name, floats(tensors, name)]),
    ) as Rollouts['quantities'],
  };
}

/** β is told by the metrics: an adaptive controller changes it. */
function klCoefAt(run: RunFolder, step: number): number {
  return run.metricsAt(step)?.['objective/kl_coef'] ?? Number(run.manifest.configuration['klCoef']);
}

const textsOfTokens = (ids: Int32Array, tokens: TokenTexts): string[] =>
  Array.from(ids, (id) => tokens.of(id));

/** A prompt that came several times is decoded once. */
function promptTexts(prompts: readonly Int32Array[], numbers: Int32Array, texts: Texts): string[] {
  const known = new Map<number, string>();
  return prompts.map((ids, i) => {
    const text = known.get(numbers[i]!) ?? promptText(ids, texts);
    known.set(numbers[i]!, text);
    return text;
  });
}

/** Without the token that begins every text: it is no part of the prompt. */
const promptText = (ids: Int32Array, { tokenizer, bos }: Texts): string =>
  tokenizer.decode(bos && ids[0] === tokenizer.bosId ? ids.subarray(1) : ids);

/** An array in parts of these lengths. */
function cut(ids: Int32Array, lengths: Int32Array): Int32Array[] {
  let end = 0;
  return Array.from(lengths, (length) => ids.subarray(end, (end += length)));
}

const integers = (tensors: HostTensors, name: string): Int32Array<ArrayBuffer> =>
  tensors.get(name)!.data as Int32Array<ArrayBuffer>;

const floats = (tensors: HostTensors, name: string): Float32Array<ArrayBuffer> =>
  tensors.get(name)!.data as Float32Array<ArrayBuffer>;
