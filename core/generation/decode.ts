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
  rotary,
  scalar,
  select,
  softmax,
  splitAt,
  splitHeads,
  sub,
} from '../graph/build.ts';
import type { Tensor } from '../graph/tensor.ts';
import {
  blocks,
  embed,
  hiddenStates,
  modelGraph,
  positionEmbedding,
  rotaryAngles,
  sequenceInputs,
  unembedding,
  type Attend,
  type ModelGraph,
} from '../model/transformer.ts';
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
 *   uniforms [limit, batch]: the randomness
 *   temperature [], topP []; endToken, padToken int32 []
 * Outputs: tokens int32 [steps, batch], pads after a row's end token; logProbabilities [steps, batch] of each token
 * under the softmax at the temperature, before filtering.
 */
export function decodeGraph(
  config: ModelConfig,
  group: string,
  options: DecodeOptions,
): Record<string, Tensor> {
  const model = modelGraph(config, 'language', group);
  const prompt = promptPass(model);
  const [temperature, topP] = [input('temperature', 'float32', []), input('topP', 'float32', [])];
  const uniforms = input('uniforms', 'float32', ['limit', 'batch']);
  const rowNumbers = input('rowNumbers', 'int32', ['batch']);
  const promptLengths = input('promptLengths', 'int32', ['batch']);

  const { width, layers } = config;
  const iteration = input('step', 'int64', []);
  const hidden = input('hidden', 'float32', ['batch', width]);
  const alive = input('alive', 'float32', ['batch']);
  const tails = tailInputs(config);
  const step = cast(iteration, 'int32');

  const logits = div(matmul(hidden, unembedding(model), { transposeB: true }), temperature);
  const probabilities = softmax(logits);
  const uniform = reshape(gatherRows(uniforms, reshape(step, [1])), ['batch', 1]);
  const drawn = options.greedy
    ? reshape(argmax(logits), ['batch'])
    : draw(filter(probabilities, topP, options), uniform, rowNumbers);
  const token = finish(drawn, alive);

  const tail = growTail(config, prompt, tails);
  const position = add(promptLengths, step);
  const nextHidden = oneToken(model, token.id, position, tail.attend);

  const zeroTail = expand(scalar(0), ['batch', config.keyValueHeads, 0, width / config.heads]);
  const { stacked } = loop(
    input('limit', 'int32', []),
    [prompt.lastHidden, expand(scalar(1), ['batch']), ...Array.from({ length: 2 * layers }, () => zeroTail)],
    {
      iteration,
      carried: [hidden, alive, ...tails.flat()],
      next: [nextHidden, token.alive, ...tail.grown.flat()],
      again: less(0, reshape(reduceMax(token.alive), [])),
      stacked: [token.id, logProbability(logits, probabilities, token.id)],
      steps: 'steps',
    },
  );
  return { tokens: stacked[0]!, logProbabilities: stacked[1]! };
}

interface PromptPass {
  readonly lastHidden: Tensor;
  /** Per layer, [batch, keyValueHeads, length, headWidth]. */
  readonly keys: Tensor[];
  readonly values: Tensor[];
  readonly mask: Tensor;
}

function promptPass(model: ModelGraph): PromptPass {
  const inputs = sequenceInputs();
  const { keyValueHeads } = model.config;
  const keys: Tensor[] = [];
  const values: Tensor[] = [];
  const lastHidden = hiddenStates(model, inputs, {
    rows: input('lastRows', 'int32', ['batch']),
    onKeyValues: (k, v) => {
      keys.push(splitHeads(k, 'batch', 'length', keyValueHeads));
      values.push(splitHeads(v, 'batch', 'length', keyValueHeads));
    },
  });
  return { lastHidden, keys, values, mask: input('promptMask', 'float32', ['batch', 1, 1, 'length']) };
}

type KeysAndValues = [keys: Tensor, values: Tensor];

function tailInputs({ layers, keyValueHeads, width, heads }: ModelConfig): KeysAndValues[] {
  const shape = ['batch', keyValueHeads, 'tail', width / heads];
  return Array.from({ length: layers }, (_, layer) => [
    input(`tailKeys.${layer}`, 'float32', shape),
    input(`tailValues.${layer}`, 'float32', shape),
  ]);
}

/** Attention of one new position to the prompt, the tail and itself; and the tails it leaves. */
function growTail({ heads, keyValueHeads, width }: ModelConfig, prompt: PromptPass, tails: KeysAndValues[]) {
  const headWidth = width / heads;
  const grown: KeysAndValues[] = [];
  const single = (x: Tensor) => reshape(x, ['batch', keyValueHeads, 1, headWidth]);
  const attend: Attend = (q, k, v, layer) => {
    const [oldKeys, oldValues] = tails[layer]!;
    const keys = concat([oldKeys, single(k)], 2, 'grown');
    const values = concat([oldValues, single(v)], 2, 'grown');
    grown[layer] = [keys, values];

    const scale = 1 / Math.sqrt(headWidth);
    const query = reshape(q, ['batch', keyValueHeads, heads / keyValueHeads, headWidth]);
    const scores = (to: Tensor) => matmul(query, to, { transposeB: true, scale });
    const all = concat([add(scores(prompt.keys[layer]!), prompt.mask), scores(keys)], 3, 'seen');
    const [onPrompt, onTail] = splitAt(softmax(all), 3, 'length', 'grown');
    const attended = add(matmul(onPrompt, prompt.values[layer]!), matmul(onTail, values));
    return reshape(attended, ['batch', width]);
  };
  return { attend, grown };
}

function oneToken(model: ModelGraph, token: Tensor, position: Tensor, attend: Attend): Tensor {
  const { config } = model;
  const tokens = embed(model, token);
  const learned = positionEmbedding(model, position, false);
  if (config.ropeTheta === 0) return blocks(model, learned ? add(tokens, learned) : tokens, attend);
  const { cosine, sine } = rotaryAngles(config, position);
  return blocks(model, tokens, (q, k, v, layer) =>
    attend(rotary(q, cosine, sine, config.heads), rotary(k, cosine, sine, config.keyValueHeads), v, layer),
  );
}

/** A row that has ended makes pads; one that makes its end token has ended from the next step on. */
function finish(drawn: Tensor, alive: Tensor): { id: Tensor; alive: Tensor } {
  const [endToken, padToken] = [input('endToken', 'int32', []), input('padToken', 'int32', [])];
  const running = less(0, alive);
  const difference = cast(sub(drawn, endToken), 'float32');
  const isEnd = and(not(less(difference, 0)), not(less(0, difference)));
  return {
    id: select(running, drawn, padToken),
    alive: cast(and(running, not(isEnd)), 'float32'),
  };
}

/** log softmax at the token, [batch]. */
function logProbability(logits: Tensor, probabilities: Tensor, token: Tensor): Tensor {
  const target = gatherLast(logits, reshape(token, ['batch', 1]));
  const shift = sub(log(reduceMax(probabilities, [-1])), reduceMax(logits, [-1]));
  return reshape(add(target, shift), ['batch']);
}
