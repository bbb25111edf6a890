import { readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyWorld, type World } from '../workbench/tiny.ts';
import { oneThread, workbench } from './cli.ts';

let world: World;
beforeAll(() => {
  world = tinyWorld();
});
afterAll(() => rmSync(world.root, { recursive: true }));

const score = async (model: string) => {
  const { code, stdout } = await workbench(
    'score',
    '--model',
    model,
    '--data',
    world.demonstrations,
    ...oneThread,
  );
  expect(code).toBe(0);
  return stdout;
};

test('an exported model says the same as the one it was', async () => {
  for (const model of [world.model, world.rewardModel]) {
    const out = `${model}-exported`;
    const { code, stdout, stderr } = await workbench('export', '--model', model, '--out', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d files of [\d.]+ kB written to .*-exported\n$/);
    expect(await score(out)).toBe(await score(model));
  }
});

test('an export may be rounded to another type', async () => {
  const out = world.at('small');
  const flags = ['--dtype', 'bfloat16', '--max-shard-size', '1.5MB'];
  expect((await workbench('export', '--model', world.model, '--out', out, ...flags)).code).toBe(0);
  expect(await score(out)).not.toBe(await score(world.model));
});

test.each<[string, () => string[], RegExp]>([
  ['a folder that is not empty', () => ['--out', world.model], /^error: .*model is not empty \(it holds /],
  [
    'an adapter that is none',
    () => ['--out', world.at('a'), '--as', 'adapter'],
    /^error: .* without an adapter; export it as merged\n$/,
  ],
  [
    'a size that is none',
    () => ['--out', world.at('a'), '--max-shard-size', '5 apples'],
    /Give a size from 1MB/,
  ],
  ['a size too small', () => ['--out', world.at('a'), '--max-shard-size', '10KB'], /Give a size from 1MB/],
])('%s is refused, and nothing written', async (_, args, message) => {
  const before = readdirSync(world.root).sort();
  const { code, stdout, stderr } = await workbench('export', '--model', world.model, ...args());
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(readdirSync(world.root).sort()).toEqual(before);
});
