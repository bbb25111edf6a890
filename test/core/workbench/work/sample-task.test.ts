import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../../core/engine/engine.ts';
import { scoreCompletions } from '../../../../core/workbench/sampling.ts';
import { uncertaintyOf } from '../../../../core/workbench/uncertainty.ts';
import type { SampleTask } from '../../../../core/workbench/work/protocol.ts';
import { openTestEngine } from '../../../support/engine.ts';
import { jsonLines, tinyWorld, type World } from '../tiny.ts';
import { ofType, performHere } from './task-hosts.ts';

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

const prompts = Array.from({ length: 50 }, (_, i) => ({ id: i + 1, text: `the cat${' sat'.repeat(i % 6)}` }));

const sampling = (changes: Partial<SampleTask> = {}): SampleTask => ({
  ...{ kind: 'sample', models: [world.model], prompts, completions: 3 },
  ...{ temperature: 1, topP: 1, maxTokens: 12, seed: 1 },
  ...changes,
});

async function sample(changes: Partial<SampleTask> = {}) {
  const { reports, message } = await performHere(engine, sampling(changes));
  return { sampled: ofType(reports, 'sampled'), message };
}

const keep = (most: number) => ({ rewardModel: world.rewardModel, prompts: most });

test('of all prompts those are told whose order the reward model is least sure of, the least certain first', async () => {
  const { sampled: all } = await sample();
  const { sampled: kept, message } = await sample({ keep: keep(7) });
  expect(message).toBe('completions sampled for 50 prompts, of which the 7 least certain are kept');
  const records = all.flatMap(({ prompt, completions }) =>
    completions.map(({ text, ended }) => ({ prompt: prompts[prompt - 1]!.text, completion: text, ended })),
  );
  const data = [jsonLines(world.at('all.jsonl'), records)];
  const scores = await scoreCompletions({ model: world.rewardModel, data }, engine);
  const rewards = scores.map((score) => (score as { reward: number }).reward);
  const ranked = all
    .map((each, i) => ({ ...each, uncertainty: uncertaintyOf(rewards.slice(3 * i, 3 * i + 3)) }))
    .sort((a, b) => b.uncertainty - a.uncertainty);
  expect(kept.map(({ prompt }) => prompt)).toEqual(ranked.slice(0, 7).map(({ prompt }) => prompt));
  kept.forEach((each, i) => {
    expect(each.completions).toEqual(ranked[i]!.completions);
    expect(each.uncertainty).toBeCloseTo(ranked[i]!.uncertainty, 5);
  });
});

test('all are told where no more are asked for, and without a reward model none has an uncertainty', async () => {
  const { sampled, message } = await sample({ prompts: prompts.slice(0, 3), keep: keep(5) });
  expect(sampled).toHaveLength(3);
  expect(message).toBe('completions sampled for 3 prompts');
  const { sampled: plain } = await sample({ prompts: prompts.slice(0, 3) });
  expect(plain.map(({ uncertainty }) => uncertainty)).toEqual([undefined, undefined, undefined]);
});

test('a stop keeps the least certain of what was sampled before', async () => {
  const controller = new AbortController();
  const told: number[] = [];
  const stopped = performHere(engine, sampling({ keep: keep(4) }), {
    signal: controller.signal,
    onReport: (report) => {
      if (report.type === 'progress') controller.abort();
      if (report.type === 'sampled') told.push(report.prompt);
    },
  });
  await expect(stopped).rejects.toThrow('stopped as asked');
  expect(told).toHaveLength(4);
  // Of the first group: 21 prompts with three completions each.
  for (const prompt of told) expect(prompt).toBeLessThanOrEqual(21);
});
