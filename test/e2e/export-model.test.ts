/** The model of a run, taken out of the window for others to read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../core/model/model.ts';
import { jsonLines } from '../core/workbench/tiny.ts';
import { goTo } from '../support/window.ts';
import { PATIENCE, TrainingWindow } from './training-window.ts';

const window = new TrainingWindow();
const button = (name: string | RegExp) => window.button(name);

beforeAll(() => window.start());
afterAll(() => window.end());

test('a trained model is exported with a few presses', async () => {
  await button('Open the starter').click();
  await window.page.getByRole('region', { name: 'This project' }).getByText('3,000').waitFor();
  const examples = jsonLines(join(window.folder, 'few.jsonl'), [{ prompt: 'the fox', completion: ' ran.' }]);
  const { model, name } = await window.connection.call('runs.suggest', { algorithm: 'sft' });
  await window.connection.call('runs.start', {
    ...{ algorithm: 'sft', name, model: model!, preset: 'starter' },
    data: { demonstrations: [examples], validation: [examples] },
    settings: { epochs: 1, pretrainingShare: 0, sampleEvery: 1 },
  });
  await goTo(window.page, 'train');
  await window.says('sft', /^Finished/);

  await button('Export model…').click();
  const dialog = window.dialog('Export sft');
  await dialog.getByRole('textbox', { name: 'In the folder' }).fill(window.folder);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('for others');
  const out = join(window.folder, 'for-others');
  await dialog.getByText(`The model will be the folder ${out}.`).waitFor();
  await dialog.getByRole('button', { name: 'Export' }).click();
  await window
    .dialog('Exported')
    .getByText(/^\d files of .* written to /)
    .waitFor(PATIENCE);
  expect(loadModel(out).config).toEqual(loadModel(model!).config);
  expect(existsSync(join(out, 'tokenizer.json'))).toBe(true);
});

test('a second export to the same folder says why it cannot be', async () => {
  await button('Done').click();
  await button('Export model…').click();
  const dialog = window.dialog('Export sft');
  await dialog.getByRole('textbox', { name: 'In the folder' }).fill(window.folder);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('for others');
  await dialog.getByRole('button', { name: 'Export' }).click();
  await window.page.getByText(/for-others is not empty/).waitFor();
});
