import { expect, test } from 'vitest';
import type { PlannedMemory } from '../../../core/contract/calls.ts';
import { fits, type MemoryPlan } from '../../../core/planner/plan.ts';
import { findRemedy, type Changes } from '../../../core/planner/remedies.ts';
import { describePlan, refusalOf } from '../../../core/planner/words.ts';

const host = (total: number, room: Partial<PlannedMemory> = {}): PlannedMemory => ({
  place: 'host',
  parts: [
    { part: 'activations', bytes: 0.7 * total },
    { part: 'moments', bytes: 0.3 * total },
  ],
  ...{ total, available: 22.4e9, limited: false, ...room },
});

const planOf = (...memories: PlannedMemory[]): MemoryPlan => ({
  device: { provider: 'webgpu', name: 'Radeon' },
  memories,
});

test('a plan fits where every memory that is known has room for it', () => {
  expect(fits(planOf(host(22.4e9)))).toBe(true);
  expect(fits(planOf(host(22.5e9)))).toBe(false);
  expect(fits(planOf(host(1e12, { available: null })))).toBe(true);
  expect(fits(planOf(host(1e9), { ...host(9e9), place: 'device', available: 8e9 }))).toBe(false);
});

test('says what it needs of each memory, and of what most', () => {
  expect(describePlan(planOf(host(10e9)))).toBe(
    'needs 10 GB of memory, 22.4 GB are free (activations 7 GB, moments of AdamW 3 GB)',
  );
  const device = { ...host(2e9), place: 'device', available: null } as const;
  expect(describePlan(planOf(host(1e9, { available: 2e9, limited: true }), device))).toBe(
    'needs 1 GB of memory, the settings allow 2 GB (activations 700 MB, moments of AdamW 300 MB) and ' +
      '2 GB of the memory of Radeon (activations 1.4 GB, moments of AdamW 600 MB)',
  );
});

test('a refusal names what is needed, what there is and the change that makes it fit', () => {
  const plan = planOf(host(31.2e9));
  const remedy = { changes: { microBatchTokens: 1024 }, plan: planOf(host(18.9e9)) };
  expect(refusalOf(planOf(host(1e9)), undefined)).toBeUndefined();
  expect(refusalOf(plan, remedy)).toBe(
    'the run needs 31.2 GB of memory, but 22.4 GB are free (activations 21.8 GB, moments of AdamW 9.36 GB): ' +
      'set microBatchTokens to 1024 (18.9 GB)',
  );
  expect(refusalOf(plan, undefined)).toMatch(/: no change of its settings makes it fit; use a smaller model/);
});

/** Activations by the tokens of a micro-batch, which recomputation halves, and moments, which adapters hardly have. */
const need = ({ microBatchTokens, recompute, loraRank }: Record<string, unknown>): number =>
  (microBatchTokens as number) * (recompute ? 1e6 : 2e6) + (loraRank === 0 ? 10e9 : 0.1e9);

const full = { microBatchTokens: 4096, recompute: false, loraRank: 0, baseFloats: 'float32' };

async function remedyWith(available: number, settings = full): Promise<Changes | undefined> {
  const replan = (changes: Changes) =>
    Promise.resolve(planOf(host(need({ ...settings, ...changes }), { available })));
  return (await findRemedy(settings, replan))?.changes;
}

test('the change is the most harmless one that does: fewer tokens at a time, then recomputation, then adapters', async () => {
  expect(await remedyWith(15e9)).toEqual({ microBatchTokens: 2048 });
  expect(await remedyWith(11e9)).toEqual({ microBatchTokens: 256 });
  expect(await remedyWith(10.1e9)).toEqual({ recompute: true, microBatchTokens: 64 });
  expect(await remedyWith(6e9)).toEqual({ recompute: true, loraRank: 8 });
  expect(await remedyWith(1e7)).toBeUndefined();
});

test('what is not allowed is no remedy', async () => {
  const none = await findRemedy(full, (changes) =>
    Promise.resolve('recompute' in changes ? undefined : planOf(host(1e12))),
  );
  expect(none).toBeUndefined();
});
