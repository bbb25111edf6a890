/** Models that were taught to converse: what samples, scores, plays and evaluates writes prompts as their templates do. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataError } from '../../../core/contract/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { read } from '../../../core/workbench/playing.ts';
import { sampleCompletions, scoreCompletions, type Sample } from '../../../core/workbench/sampling.ts';
import { LoadedModels } from '../../../core/workbench/work/loaded-models.ts';
import { openTestEngine } from '../../support/engine.ts';
import { jsonLines, saveTiny, tinyModel, tinyTokenizer, tinyWorld, type World } from './tiny.ts';
import { ofType, performHere } from './work/task-hosts.ts';

const TEMPLATE = [
  '{% for m in messages %}',
  '{% if m.role == "tool" %}{{ raise_exception("no tools here") }}{% endif %}',
  '{{ m.role[0] ~ ":" ~ m.content ~ eos_token }}',
  '{% endfor %}',
  '{% if add_generation_prompt %}a:{% endif %}',
].join('');
/** What the template makes of the prompt. */
const WRITTEN = 'u:the cat<|endoftext|>a:';

let engine: Engine;
let world: World;
beforeAll(async () => {
  engine = await openTestEngine();
  world = tinyWorld();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(world.root, { recursive: true });
});

function conversing(name: string, files: Record<string, string> = {}): string {
  const folder = saveTiny(tinyModel(), world.at(name));
  for (const [file, text] of Object.entries({ 'chat_template.jinja': TEMPLATE, ...files }))
    writeFileSync(join(folder, file), text);
  return folder;
}

async function sampled(request: Parameters<typeof sampleCompletions>[0]): Promise<Sample[]> {
  const all: Sample[] = [];
  for await (const chunk of sampleCompletions({ maxTokens: 12, seed: 3, ...request }, engine))
    all.push(...chunk);
  return all;
}

/** The chat template as it is, and the same written out for a model that reads text as it is. */
const written = { chatTemplate: 'none', prompt: WRITTEN } as const;
const byTemplate = { chatTemplate: 'auto', prompt: 'the cat' } as const;

test('samples go on from the prompt as the template writes it', async () => {
  const model = conversing('sampled');
  const own = await sampled({ model, prompts: ['the cat'], samples: 4 });
  const same = await sampled({ model, prompts: [WRITTEN], samples: 4, chatTemplate: 'none' });
  const plain = await sampled({ model, prompts: ['the cat'], samples: 4, chatTemplate: 'none' });
  const said = (samples: readonly Sample[]) =>
    samples.map(({ completion, logprob }) => [completion, logprob]);
  expect(own.map(({ prompt }) => prompt)).toEqual(Array(4).fill('the cat'));
  expect(said(own)).toEqual(said(same));
  expect(said(own)).not.toEqual(said(plain));
});

test('a completion is scored as the turn that the template writes', async () => {
  const model = conversing('scored');
  const score = (prompt: string, chatTemplate: 'auto' | 'none') =>
    scoreCompletions(
      {
        model,
        chatTemplate,
        data: [jsonLines(world.at('scored.jsonl'), [{ prompt, completion: 'sat on' }])],
      },
      engine,
    );
  const [own] = await score('the cat', 'auto');
  const [same] = await score(WRITTEN, 'none');
  const [plain] = await score('the cat', 'none');
  expect({ ...own, prompt: WRITTEN }).toEqual(same);
  expect((own as { logprob: number }).logprob).not.toBe((plain as { logprob: number }).logprob);
});

describe('a prompt that a template refuses', () => {
  const prompt = 'Tool: the cat\n\nUser: and then?\n\nAssistant:';

  test('is named before anything is sampled', async () => {
    const request = { model: conversing('refusing'), prompts: ['the cat', prompt] };
    await expect(sampled(request)).rejects.toThrow(DataError);
    await expect(sampled(request)).rejects.toThrow(
      /the prompt that ends with "and then\?" does not fit the chat template of .*: no tools here/,
    );
  });
});

test('what is played goes on from the prompt as the template writes it', async () => {
  const model = conversing('played');
  const answers = async ({ prompt, chatTemplate }: typeof written | typeof byTemplate) => {
    const models = new LoadedModels(engine);
    const { reports } = await performHere(
      engine,
      { kind: 'play', models: [model], rewardModel: null, samples: 3, prompt, chatTemplate, ...sampling },
      { models },
    );
    return ofType(reports, 'played').filter(({ state }) => state !== 'writing');
  };
  expect(await answers(byTemplate)).toEqual(await answers(written));
});

test('what is evaluated goes on from the prompt as the template writes it', async () => {
  const models = [conversing('evaluated'), world.model];
  const answers = async ({ prompt, chatTemplate }: typeof written | typeof byTemplate) => {
    const prompts = [{ id: 1, text: prompt }];
    const task = { kind: 'evaluate', evaluation: 1, models, rewardModel: null, simulated: false } as const;
    const { reports } = await performHere(engine, { ...task, prompts, chatTemplate, ...sampling });
    return ofType(reports, 'answered')[0]!.completions.map(({ text }) => text);
  };
  const [own, plain] = await answers(byTemplate);
  const [same, other] = await answers(written);
  expect(own).toBe(same);
  // The other model has no template, so it was asked something else the second time.
  expect(plain).not.toBe(other);
});

const sampling = { temperature: 1, topP: 1, maxTokens: 12, seed: 1 };

test('any of the tokens that end a generation ends an answer', async () => {
  const plain = conversing('unending');
  const request = { prompts: ['the cat'], samples: 8 };
  const tokenizer = tinyTokenizer();
  const free = await sampled({ model: plain, ...request });
  const ids = free.map(({ completion }) => tokenizer.encode(completion));
  const [end] = ids.find((made) => made.length > 2)!.subarray(1);
  const listed = JSON.stringify({ eos_token_id: [tokenizer.eosId, end] });
  const stopped = await sampled({
    model: conversing('ending', { 'generation_config.json': listed }),
    ...request,
  });
  const ended = (samples: readonly Sample[]) => samples.filter((sample) => sample.ended).length;
  expect(ended(stopped)).toBeGreaterThan(ended(free));
  for (const [i, { completion }] of stopped.entries())
    expect(free[i]!.completion.startsWith(completion)).toBe(true);
});

describe('what a model reads', () => {
  const messages = [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'the cat' },
  ] as const;

  test('is told as its template writes it, with how its makers would have it sampled', () => {
    const model = conversing('read', { 'generation_config.json': '{"temperature":0.6,"top_k":20}' });
    const reading = read({ model, messages: [...messages], chatTemplate: 'auto' });
    expect(reading).toEqual({
      hasTemplate: true,
      takesSystem: true,
      suggested: { temperature: 0.6, topP: null, topK: 20 },
      text: 's:Be brief.<|endoftext|>u:the cat<|endoftext|>a:',
      tokens: tinyTokenizer().encode('s:Be brief.<|endoftext|>u:the cat<|endoftext|>a:').length,
    });
  });

  test('is the prompt itself without a template, or where it is not wanted', () => {
    const nothing = { temperature: null, topP: null, topK: null };
    const text = 'System: Be brief.\n\nUser: the cat\n\nAssistant:';
    const { tokens, ...plain } = read({ model: world.model, messages: [...messages], chatTemplate: 'auto' });
    expect(tokens).toBe(tinyTokenizer().encode(text).length);
    expect(plain).toEqual({ hasTemplate: false, takesSystem: false, suggested: nothing, text });
    const unwanted = read({ model: conversing('unread'), messages: [...messages], chatTemplate: 'none' });
    expect(unwanted).toMatchObject({ hasTemplate: true, takesSystem: false, text });
  });

  test('is nothing of a conversation that has not begun', () => {
    const reading = read({ model: world.model, messages: [], chatTemplate: 'auto' });
    expect([reading.text, reading.tokens]).toEqual(['', 0]);
  });
});
