import { describe, expect, test } from 'vitest';
import { filledSet, openTestEngine } from '../../support/engine.ts';
import { smallBatch, smallGpt, smallGptValues } from './small-gpt.ts';
import { engineSuite } from './suite.ts';

describe('the CPU engine', () => {
  engineSuite('cpu');

  test('a hundred runs with repeated tokens give the same bits', async () => {
    const engine = await openTestEngine('cpu', { threads: 2 });
    const program = await engine.compile(smallGpt());
    const policy = await filledSet(engine, smallGptValues());
    const gradients = policy.sibling();
    const bits = async () => {
      await engine.zero(gradients);
      const { loss } = await program.run(smallBatch(8, 12), { sets: { policy }, gradients });
      const values = Object.values(await gradients.read());
      return Buffer.concat([loss!.data, ...values].map((array) => Buffer.from(array.buffer)));
    };
    const first = await bits();
    for (let run = 1; run < 100; run++) expect((await bits()).equals(first)).toBe(true);
    await engine.dispose();
  });

  test('making sets between and during runs leaves every set whole', async () => {
    const engine = await openTestEngine('cpu');
    const program = await engine.compile(smallGpt());
    const policy = await filledSet(engine, smallGptValues());
    const gradients = policy.sibling();
    const before = await policy.read();
    for (let run = 0; run < 5; run++) {
      const running = program.run(smallBatch(2, 3), { sets: { policy }, gradients });
      const siblings = Array.from({ length: 20 }, () => policy.sibling());
      const reads = siblings.map((set) => set.read());
      expect((await running)['loss']!.data[0]).toBeGreaterThan(0);
      for (const values of await Promise.all(reads))
        expect(values['tokens']!.every((x) => x === 0)).toBe(true);
      siblings.forEach((set) => set.dispose());
    }
    expect(await policy.read()).toEqual(before);
    await engine.dispose();
  });
});
