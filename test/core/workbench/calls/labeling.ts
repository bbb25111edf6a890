import { expect } from 'vitest';
import {
  addLabeler,
  addPrompts,
  bench,
  effort,
  page,
  prompt,
  submitDemonstration,
  submitRanking,
  waitingItem,
  waitingPrompt,
  world,
  type Cases,
} from './bench.ts';

/** Labelers, demonstrations and rankings. */
export const labelingCases = {
  'labelers.list': async () => {
    await addLabeler();
    expect(await bench.call('labelers.list', {})).toMatchObject([{ name: 'Ada', heldOut: false }]);
  },
  'labelers.add': async () => {
    expect(await bench.call('labelers.add', { name: 'Ada' })).toMatchObject({ simulated: false });
    await expect(bench.call('labelers.add', { name: 'Ada' })).rejects.toThrow(/Ada/);
  },
  'labelers.change': async () => {
    const id = await addLabeler();
    const changed = await bench.call('labelers.change', { id, heldOut: true });
    expect(changed).toMatchObject({ name: 'Ada', heldOut: true });
  },
  'labelers.choose': async () => {
    const id = await addLabeler();
    await bench.call('labelers.choose', { id });
    expect(await bench.call('project.current', {})).toMatchObject({ labeler: { id } });
  },
  'labelers.report': async () => {
    const { labeler } = await submitRanking();
    expect(await bench.call('labelers.report', {})).toMatchObject([
      { labeler: { id: labeler }, rankings: 1, medianActiveMs: effort.activeMs },
    ]);
  },
  'labelers.screening': async () => {
    const { labeler, item } = await submitRanking();
    expect(await bench.call('labelers.screening', {})).toBeNull();
    await bench.call('labelers.setScreening', { owner: labeler, items: [item.id] });
    expect(await bench.call('labelers.screening', {})).toEqual({ owner: labeler, items: [item.id] });
  },
  'labelers.setScreening': async () => {
    const { labeler, item } = await submitRanking();
    await bench.call('labelers.setScreening', { owner: labeler, items: [item.id] });
    const other = await addLabeler('Bo');
    expect(await bench.call('rank.item', { labeler: other })).toMatchObject({ id: item.id });
  },

  'demonstrate.item': async () => {
    const { labeler, prompt: id } = await waitingPrompt();
    const item = await bench.call('demonstrate.item', { labeler, item: id });
    expect(item).toMatchObject({ prompt: { text: 'the cat' }, status: 'pending', draft: null });
  },
  'demonstrate.saveDraft': async () => {
    const asked = await waitingPrompt();
    await bench.call('demonstrate.saveDraft', { ...asked, text: ' sa' });
    const item = await bench.call('demonstrate.item', { labeler: asked.labeler, item: asked.prompt });
    expect(item).toMatchObject({ status: 'draft', draft: ' sa' });
  },
  'demonstrate.submit': async () => {
    const { labeler, prompt: item } = await submitDemonstration();
    expect(await bench.call('demonstrate.item', { labeler, item })).toMatchObject({
      ...{ status: 'submitted', submitted: ' sat' },
    });
  },
  'demonstrate.skip': async () => {
    const asked = await waitingPrompt();
    await bench.call('demonstrate.skip', { ...asked, reason: 'unclear', effort });
    expect(await bench.call('demonstrate.counts', { labeler: asked.labeler })).toMatchObject({
      pending: 0,
      skipped: 1,
    });
  },
  'demonstrate.flag': async () => {
    const asked = await waitingPrompt();
    await bench.call('demonstrate.flag', { ...asked, reason: 'rude' });
    const item = await bench.call('demonstrate.item', { labeler: asked.labeler, item: asked.prompt });
    expect(item).toMatchObject({ flag: 'rude' });
  },
  'demonstrate.modelAnswer': async () => {
    const asked = { model: world.model, prompt: (await waitingPrompt()).prompt };
    await expect(bench.call('demonstrate.modelAnswer', asked)).rejects.toThrow(
      /switch it on in the settings/,
    );
    const { labeling } = await bench.call('app.settings', {});
    await bench.call('app.changeSettings', { labeling: { ...labeling, startFromModel: true } });
    expect((await bench.call('demonstrate.modelAnswer', asked)).text).not.toBe('');
  },
  'demonstrate.counts': async () => {
    const { labeler } = await submitDemonstration();
    expect(await bench.call('demonstrate.counts', { labeler })).toEqual({
      ...{ pending: 0, draft: 0, submitted: 1, skipped: 0, flagged: 0 },
    });
  },
  'demonstrate.countTokens': async () => {
    const count = (text: string) =>
      bench.call('demonstrate.countTokens', { model: world.model, prompt: 'the cat', text });
    const [empty, some] = [await count(''), await count(' sat')];
    expect(empty).toMatchObject({ context: 48, text: 1 });
    expect(some.prompt).toBe(empty.prompt);
    expect(some.text).toBeGreaterThan(1);
  },
  'demonstrate.add': async () => {
    await addPrompts(prompt('the cat'));
    const labeler = await addLabeler();
    const add = (text: string) => bench.call('demonstrate.add', { labeler, prompt: text, text: ' sat' });
    const { prompt: known } = await add('the cat');
    const { prompt: added } = await add('The cat');
    expect(await page()).toMatchObject([
      { id: known, text: 'the cat', source: 'added by hand' },
      { id: added, text: 'The cat', source: 'play', split: 'train' },
    ]);
    const item = await bench.call('demonstrate.item', { labeler, item: added });
    expect(item).toMatchObject({ status: 'draft', draft: ' sat' });
  },

  'rank.item': async () => {
    const { item } = await waitingItem();
    expect(item).toMatchObject({ prompt: { text: 'the cat' }, status: 'pending' });
    expect(item.candidates).toHaveLength(3);
  },
  'rank.saveDraft': async () => {
    const { labeler, item } = await waitingItem();
    const draft = { ranks: { [item.candidates[0]!.id]: 2 } };
    await bench.call('rank.saveDraft', { labeler, item: item.id, draft });
    expect(await bench.call('rank.item', { labeler, item: item.id })).toMatchObject({
      status: 'draft',
      draft,
    });
  },
  'rank.submit': async () => {
    const { labeler, item, ranks } = await submitRanking();
    const again = await bench.call('rank.item', { labeler, item: item.id });
    expect(again).toMatchObject({ status: 'submitted', submitted: { ranks } });
  },
  'rank.skip': async () => {
    const { labeler, item } = await waitingItem();
    await bench.call('rank.skip', { labeler, item: item.id, reason: 'unclear', effort });
    expect(await bench.call('rank.counts', { labeler })).toMatchObject({ pending: 0, skipped: 1 });
  },
  'rank.flag': async () => {
    const { labeler, item } = await waitingItem();
    await bench.call('rank.flag', { labeler, item: item.id, reason: 'rude' });
    expect(await bench.call('rank.item', { labeler, item: item.id })).toMatchObject({ flag: 'rude' });
  },
  'rank.counts': async () => {
    const { labeler } = await waitingItem();
    expect(await bench.call('rank.counts', { labeler })).toMatchObject({ pending: 1, submitted: 0 });
  },
  'rank.reveal': async () => {
    const { labeler, item } = await submitRanking();
    const revealed = await bench.call('rank.reveal', { labeler, item: item.id });
    expect(revealed).toHaveLength(3);
    for (const { origin } of revealed)
      expect(origin).toMatchObject({ kind: 'sampled', name: world.model, settings: { temperature: 1 } });
  },
  'rank.add': async () => {
    const origin = { kind: 'sampled' as const, name: world.model };
    const completions = [' sat', ' ran'].map((text) => ({ text, origin }));
    const { item, work } = await bench.call('rank.add', { prompt: 'the cat', completions });
    const shown = await bench.call('rank.item', { labeler: await addLabeler() });
    expect([shown!.id, work]).toEqual([item, null]);
    expect(shown!.candidates.map(({ text }) => text).toSorted()).toEqual([' ran', ' sat']);
    expect(await page()).toMatchObject([{ text: 'the cat', source: 'play' }]);
    const alone = bench.call('rank.add', { prompt: 'the cat', completions: completions.slice(1) });
    await expect(alone).rejects.toThrow('1 completion cannot be ranked: give 2 to 9');
    const more = { model: world.model, count: 8 };
    const many = bench.call('rank.add', { prompt: 'the cat', completions, more });
    await expect(many).rejects.toThrow('10 completions cannot be ranked');
    const joined = await bench.call('rank.add', {
      prompt: 'the cat',
      completions,
      more: { ...more, count: 1 },
    });
    expect(await bench.ended(joined.work!)).toMatchObject({ state: 'done' });
    expect(joined.item).toBeNull();
    expect(await bench.call('project.current', {})).toMatchObject({ counts: { prompts: 1, completions: 5 } });
  },
  'rank.sample': async () => {
    const asked = { prompts: 1, completions: 2 };
    const none = bench.call('rank.sample', { ...asked, models: [world.model] });
    await expect(none).rejects.toThrow('no prompt matches: change the filter, or add prompts');
    await addPrompts(prompt('the cat'));
    const wrong = bench.call('rank.sample', { ...asked, models: [world.rewardModel] });
    await expect(wrong).rejects.toThrow(
      /is a reward model .* but completions are sampled from a language model/,
    );
  },
  'rank.scoreQueue': async () => {
    await expect(bench.call('rank.scoreQueue', { model: world.rewardModel })).rejects.toThrow(
      /no ranking item/,
    );
    await waitingItem();
    const { work } = await bench.call('rank.scoreQueue', { model: world.rewardModel });
    expect(await bench.ended(work)).toMatchObject({ state: 'done', done: 1, message: '1 item scored' });
  },
} satisfies Partial<Cases>;
