import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine, TensorSet } from '../../../core/engine/engine.ts';
import { loadModel, saveModel, withAdapter, type Model } from '../../../core/model/model.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import { WEIGHTS } from '../../../core/model/weights.ts';
import { openTestEngine } from '../../support/engine.ts';
import { randomModel, smallConfigs } from '../generation/small-models.ts';

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'placed-'));
  saveModel(randomModel(smallConfigs.gpt2), folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const EMBEDDING = 'transformer.wte.weight';

/** A model over the base in the folder as it is now. */
function adapted(seed = 1): Model {
  const lora = { rank: 2, alpha: 4, targets: ['attn.c_attn'] };
  return withAdapter(loadModel(folder), folder, lora, randomStream(seed, 'adapter'));
}

const place = (model: Model) => PlacedModel.place(engine, model);
const baseOf = (placed: PlacedModel): TensorSet => placed.sets('policy')['base']!;

/** The sets that are allocated from now on, until they are disposed of. */
function watchSets(): Set<TensorSet> {
  const allocate = engine.allocate.bind(engine);
  const left = new Set<TensorSet>();
  vi.spyOn(engine, 'allocate').mockImplementation((specs) => {
    const set = allocate(specs);
    const dispose = set.dispose.bind(set);
    vi.spyOn(set, 'dispose').mockImplementation(() => {
      left.delete(set);
      dispose();
    });
    left.add(set);
    return set;
  });
  return left;
}

test('models over one base share it, and the last of them lets it go', async () => {
  const sets = watchSets();
  const [one, other] = [await place(adapted(1)), await place(adapted(2))];
  const third = one.sibling();
  expect(baseOf(one)).toBe(baseOf(other));
  one.dispose();
  other.dispose();
  expect(sets).toContain(baseOf(third));
  third.dispose();
  expect(sets).toEqual(new Set());
});

test('a base that cannot be read leaves nothing behind, and is read anew the next time', async () => {
  const sets = watchSets();
  const torn = adapted();
  writeFileSync(join(folder, WEIGHTS), 'torn');
  const both = await Promise.allSettled([place(torn), place(torn)]);
  for (const each of both) expect(each).toMatchObject({ status: 'rejected' });
  expect(sets).toEqual(new Set());

  saveModel(randomModel(smallConfigs.gpt2), folder);
  const placed = await place(adapted());
  expect(await baseOf(placed).read([EMBEDDING])).toHaveProperty([EMBEDDING]);
  placed.dispose();
});

test('an adapter that cannot be read leaves nothing behind', async () => {
  const sets = watchSets();
  const unreadable = {
    get: () => {
      throw new Error('torn');
    },
  };
  await expect(place({ ...adapted(), weights: unreadable })).rejects.toThrow('torn');
  expect(sets).toEqual(new Set());
});

test('weights that have changed in the folder of a base are another base', async () => {
  const before = await place(adapted());
  const other = join(folder, 'other');
  saveModel(randomModel(smallConfigs.gpt2, 6), other);
  copyFileSync(join(other, WEIGHTS), join(folder, WEIGHTS));
  const after = await place(adapted());
  expect(baseOf(after)).not.toBe(baseOf(before));
  const read = async (placed: PlacedModel) => (await baseOf(placed).read([EMBEDDING]))[EMBEDDING];
  expect(await read(after)).toEqual(loadModel(folder).weights.get(EMBEDDING));
  expect(await read(before)).not.toEqual(await read(after));
  before.dispose();
  after.dispose();
});
