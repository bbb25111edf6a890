import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine, TensorSet } from '../../../core/engine/engine.ts';
import { loadModel, saveModel, withAdapter, type Model } from '../../../core/model/model.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
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

/** The sets allocated from now on that nothing has disposed of, told by one of their tensors. */
function watchSets(tensor: string): () => number {
  const allocate = engine.allocate.bind(engine);
  let left = 0;
  vi.spyOn(engine, 'allocate').mockImplementation((specs) => {
    const set = allocate(specs);
    if (!specs.some(({ name }) => name === tensor)) return set;
    left += 1;
    const dispose = set.dispose.bind(set);
    vi.spyOn(set, 'dispose').mockImplementation(() => {
      left -= 1;
      dispose();
    });
    return set;
  });
  return () => left;
}

test('models over one base share it, and the last of them lets it go', async () => {
  const bases = watchSets(EMBEDDING);
  const [one, other] = [await place(adapted(1)), await place(adapted(2))];
  const third = one.sibling();
  expect(baseOf(one)).toBe(baseOf(other));
  one.dispose();
  other.dispose();
  expect(bases()).toBe(1);
  third.dispose();
  expect(bases()).toBe(0);
});

test('a base that cannot be read leaves nothing behind, and is read anew the next time', async () => {
  const [bases, adapters] = [watchSets(EMBEDDING), watchSets('transformer.h.0.attn.c_attn.lora_A.weight')];
  const torn = adapted();
  writeFileSync(join(folder, 'model.safetensors'), 'torn');
  const both = await Promise.allSettled([place(torn), place(torn)]);
  for (const each of both) expect(each).toMatchObject({ status: 'rejected' });
  expect([bases(), adapters()]).toEqual([0, 0]);

  saveModel(randomModel(smallConfigs.gpt2), folder);
  const placed = await place(adapted());
  expect(bases()).toBe(1);
  placed.dispose();
});

test('an adapter that cannot be read leaves nothing behind', async () => {
  const bases = watchSets(EMBEDDING);
  const unreadable = { get: () => { throw new Error('torn'); } };
  await expect(place({ ...adapted(), weights: unreadable })).rejects.toThrow('torn');
  expect(bases()).toBe(0);
});

test('weights that have changed in the folder of a base are another base', async () => {
  const before = await place(adapted());
  saveModel(randomModel(smallConfigs.gpt2, 6), folder);
  // The configuration is the same file as before.
  const after = await place(adapted());
  expect(baseOf(after)).not.toBe(baseOf(before));
  const read = async (placed: PlacedModel) => (await baseOf(placed).read([EMBEDDING]))[EMBEDDING];
  expect(await read(after)).toEqual(loadModel(folder).weights.get(EMBEDDING));
  expect(await read(before)).not.toEqual(await read(after));
  before.dispose();
  after.dispose();
});
