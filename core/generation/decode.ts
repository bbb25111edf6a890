import {
  add,
  and,
  argmax,
  cast,
  concat,
  div,
  expand,
  gatherLast,
  gatherRows,
  input,
  less,
  log,
  loop,
  matmul,
  not,
  reduceMax,
  reshape,
  scalar,
  select,
  softmax,
  splitAt,
  splitHeads,
  sub,
} from '../graph/build.ts';
import type { Shape } from '../graph/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import {
  blocks,
  embed,
  hiddenStates,
  modelGraph,
  positionEmbedding,
  sequenceInputs,
  turning,
  unembedding,
  type Attend,
  type ModelGraph,
  type Turn,
} from '../model/transformer.ts';
import type { Architecture } from '../model/architecture.ts';
import type { ModelConfig } from '../model/config.ts';
import { draw, filter, type Filters } from './sampling.ts';

export interface DecodeOptions extends Filters {
  /** Take the likeliest token instead of drawing one. */
  readonly greedy: boolean;
}

/**
 * A whole generation as one program: the prompts in one pass, then a loop of one token a step. The key-value cache
 * has two parts: the prompt's, constant outside the loop, and a tail that grows by one position a step; so no step
 * copies the prompt's. Fed:
 *   ids [batch·length], positions [length]: prompts padded on the right
 *   lastRows int32 [batch]: where each prompt's last token is among the rows
 *   promptLengths int32 [batch]
 *   promptMask [batch, 1, 1, length]: 0 on the prompt, −1e9 on its padding
 *   rowNumbers int32 [batch]: 0, 1, … batch − 1
 *   limit int32 []: the most tokens to make
 *   ahead int32 [limit]: 0, 1, … limit − 1, how far each of them lies past its prompt
 *   uniforms [limit, batch]: the randomness
 *   temperature [], topP []; endTokens int32 [ends], any of which ends a row; padToken int32 []
 * Outputs: tokens int32 [steps, batch], pads after a row's end; logProbabilities [steps, batch] of each token
 * under the softmax at the temperature, before filtering.
 */
export function decodeGraph(
  architecture: Architecture,
  group: string,
  options: DecodeOptions,
): Record<string, Tensor> {
  const model = modelGraph(architecture, group);
  const prompt = promptPass(model);
  return decodeFrom(model, prompt, beginning(prompt, model.config), options).made;
}

/** Where a generation stands: all that its next token follows from, beside the prompt's cache. */
export interface Standing {
  /** Of the last position, [batch, width]. */
  readonly hidden: Tensor;
  /** 1 for a row that goes on and 0 for one that has ended, [batch]. */
  readonly alive: Tensor;
  /** Per layer: the cache of what was made. */
  readonly tails: readonly KeysAndValues[];
}

/** Right after the prompt. */
export function beginning(
  { lastHidden }: PromptPass,
  { layers, keyValueHeads, headWidth }: ModelConfig,
): Standing {
  const tail = expand(scalar(0), ['batch', keyValueHeads, 0, headWidth]);
  return {
    hidden: lastHidden,
    alive: expand(scalar(1), ['batch']),
    tails: Array.from({ length: layers }, () => [tail, tail]),
  };
}

/** Goes on from a standing for at most `limit` tokens: what is made, and where it then stands. */
export function decodeFrom(
  model: ModelGraph,
  prompt: PromptCache,
  from: Standing,
  options: DecodeOptions,
): { made: { tokens: Tensor; logProbabilities: Tensor }; standing: Standing } {
  const { config } = model;
  const [temperature, topP] = [input('temperature', 'float32', []), input('topP', 'float32', [])];
  const uniforms = input('uniforms', 'float32', ['limit', 'batch']);
  const rowNumbers = input('rowNumbers', 'int32', ['batch']);
  const promptLengths = input('promptLengths', 'int32', ['batch']);

  // The loop's own count is an int64, of which WebGPU knows nothing.
  const step = input('made', 'int32', []);
  const hidden = input('hidden', 'float32', ['batch', config.width]);
  const alive = input('alive', 'float32', ['batch']);
  const tails = cacheInputs(config, 'tail', 'tail');
  const logits = div(matmul(hidden, unembedding(model), { transposeB: true, fewRows: true }), temperature);
  const probabilities = softmax(logits);
  const uniform = reshape(gatherRows(uniforms, reshape(step, [1])), ['batch', 1]);
  const drawn = options.greedy
    ? reshape(argmax(logits), ['batch'])
    : draw(filter(probabilities, topP, options), uniform, rowNumbers);
  const token = finish(drawn, alive);

  const position = add(promptLengths, gatherRows(input('ahead', 'int32', ['limit']), reshape(step, [1])));
  const turn = turning(config, position, spansOf(prompt, from));
  const tail = growTail(config, prompt, tails, turn);
  const nextHidden = oneToken(model, token.id, position, tail.attend);

  const { carried, stacked } = loop(
    input('limit', 'int32', []),
    [scalar(0, 'int32'), from.hidden, from.alive, ...from.tails.flat()],
    {
      iteration: input('iteration', 'int64', []),
      carried: [step, hidden, alive, ...tails.flat()],
      next: [add(step, 1), nextHidden, token.alive, ...tail.grown.flat()],
      again: less(0, reshape(reduceMax(token.alive), [])),
      stacked: [token.id, logProbability(logits, probabilities, token.id)],
      steps: 'steps',
    },
  );
  const [, lastHidden, lastAlive, ...grown] = carried;
  return {
    made: { tokens: stacked[0]!, logProbabilities: stacked[1]! },
    standing: { hidden: lastHidden!, alive: lastAlive!, tails: pairs(grown) },
  };
}

/** What the positions of a row add up to: its prompt, what was made before, and what is to be made. */
const spansOf = ({ layers }: PromptCache, { tails }: Standing): Shape => [
  ...[layers, tails].map((cache) => cache[0]![0].shape[2]!),
  'limit',
];

const pairs = (flat: readonly Tensor[]): KeysAndValues[] =>
  Array.from({ length: flat.length / 2 }, (_, layer) => [flat[2 * layer]!, flat[2 * layer + 1]!]);

/** What every token made looks back at: per layer [batch, keyValueHeads, length, headWidth]. */
export interface PromptCache {
  readonly layers: readonly KeysAndValues[];
  readonly mask: Tensor;
}

export interface PromptPass extends PromptCache {
  readonly lastHidden: Tensor;
}

export const promptMask = (): Tensor => input('promptMask', 'float32', ['batch', 1, 1, 'length']);

export function promptPass(model: ModelGraph): PromptPass {
  const inputs = sequenceInputs();
  const layers: KeysAndValues[] = [];
  const split = (x: Tensor) => splitHeads(x, 'batch', 'length', model.config.keyValueHeads);
  const lastHidden = hiddenStates(model, inputs, {
    rows: input('lastRows', 'int32', ['batch']),
    onKeyValues: (k, v) => layers.push([split(k), split(v)]),
  });
  return { lastHidden, layers, mask: promptMask() };
}

export type KeysAndValues = readonly [keys: Tensor, values: Tensor];

/** Keys and values of every layer as inputs, of so many positions. */
export function cacheInputs(
  { layers, keyValueHeads, headWidth }: ModelConfig,
  name: string,
  positions: string,
): KeysAndValues[] {
  const shape = ['batch', keyValueHeads, positions, headWidth];
  return Array.from({ length: layers }, (_, layer) => [
    input(`${name}Keys.${layer}`, 'float32', shape),
    input(`${name}Values.${layer}`, 'float32', shape),
  ]);
}

/** Attention of one new position to the prompt, the tail and itself; and the tails it leaves. */
function growTail(
  { heads, keyValueHeads, headWidth }: ModelConfig,
  prompt: PromptCache,
  tails: KeysAndValues[],
  turn: Turn,
) {
  const grown: KeysAndValues[] = [];
  const single = (x: Tensor) => reshape(x, ['batch', keyValueHeads, 1, headWidth]);
  const attend: Attend = (q, k, v, layer) => {
    const [oldKeys, oldValues] = tails[layer]!;
    const keys = concat([oldKeys, single(turn(k, keyValueHeads, layer))], 2, 'grown');
    const values = concat([oldValues, single(v)], 2, 'grown');
    grown[layer] = [keys, values];

    const [promptKeys, promptValues] = prompt.layers[layer]!;
    const scale = 1 / Math.sqrt(headWidth);
    const query = reshape(turn(q, heads, layer), ['batch', keyValueHeads, heads / keyValueHeads, headWidth]);
    const scores = (to: Tensor) => matmul(query, to, { transposeB: true, scale });
    const all = concat([add(scores(promptKeys), prompt.mask), scores(keys)], 3, 'seen');
    const [onPrompt, onTail] = splitAt(softmax(all), 3, 'length', 'grown');
    const attended = add(matmul(onPrompt, promptValues), matmul(onTail, values));
    return reshape(attended, ['batch', heads * headWidth]);
  };
  return { attend, grown };
}

function oneToken(model: ModelGraph, token: Tensor, position: Tensor, attend: Attend): Tensor {
  const tokens = embed(model, token);
  const learned = positionEmbedding(model, position, false);
  return blocks(model, learned ? add(tokens, learned) : tokens, attend, { fewRows: true });
}

/** A row that has ended makes pads; one that makes an end token has ended from the next step on. */
function finish(drawn: Tensor, alive: Tensor): { id: Tensor; alive: Tensor } {
  const [endTokens, padToken] = [input('endTokens', 'int32', ['ends']), input('padToken', 'int32', [])];
  const running = less(0, alive);
  const difference = cast(sub(reshape(drawn, ['batch', 1]), reshape(endTokens, [1, 'ends'])), 'float32');
  const isEnd = and(not(less(difference, 0)), not(less(0, difference)));
  const ends = less(0, reshape(reduceMax(cast(isEnd, 'float32'), [-1]), ['batch']));
  return {
    id: select(running, drawn, padToken),
    alive: cast(and(running, not(ends)), 'float32'),
  };
}

/** log softmax at the token, [batch]. */
function logProbability(logits: Tensor, probabilities: Tensor, token: Tensor): Tensor {
  const target = gatherLast(logits, reshape(token, ['batch', 1]));
  const shift = sub(log(reduceMax(probabilities, [-1])), reduceMax(logits, [-1]));
  return reshape(add(target, shift), ['batch']);
}
