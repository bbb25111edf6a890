/** Training, looking into it, and using what came of it, without a mouse. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newLabeler } from '../support/served-workbench.ts';
import { trainEachStage } from '../support/trained-project.ts';
import { PATIENCE, rankByKeys, stepsOf, TrainingWindow, upTo } from './training-window.ts';

const window = new TrainingWindow();
const { press, type, tabTo } = window;

/** Notes whether a pointer was ever used. */
const NOTE_POINTER = `globalThis.pointed = false;
  addEventListener('pointerdown', () => (globalThis.pointed = true), true);`;

beforeAll(async () => {
  await window.start(NOTE_POINTER);
  await window.connection.call('project.openStarter', {});
  await newLabeler(window.connection, 'Ada');
  await trainEachStage(window.connection, window.folder);
});
afterAll(() => window.end());

const STEPS = 12;
/** In the order in which Tab comes to them. */
const fields = {
  ...{ Name: 'keys', episodes: 16 * STEPS, batchSize: 16, minibatches: 1 },
  ...{ responseLength: 12, sampleEvery: 4 },
};
const TABS = [
  ['Digit2', 'Samples'],
  ['Digit3', 'Tokens'],
  ['Digit4', 'Doctor'],
  ['Digit6', 'Details'],
  ['Digit1', 'Charts'],
] as const;

describe('somebody without a mouse', () => {
  test('starts PPO, pauses it, and goes on', async () => {
    await press('Control+Digit5');
    await window.page.getByRole('region', { name: /^Run / }).waitFor();
    await press('KeyN');
    // What comes next is offered; another stage is a key away.
    await window.dialog('New run: PPO').waitFor();
    await tabTo(window.page.getByRole('radio', { name: 'PPO', exact: true }));
    await press('ArrowLeft');
    await window.dialog('New run: Reward model').waitFor();
    await press('ArrowRight');
    await window.dialog('New run: PPO').waitFor();
    for (const [name, value] of Object.entries(fields)) {
      await tabTo(window.page.getByRole('textbox', { name, exact: true }));
      await type(value);
    }
    await window.page.getByText(`${STEPS} steps, `).waitFor();
    await press('Control+Enter');
    await window.draws('keys', 'Reward');
    await press('KeyP');
    await window.says('keys', new RegExp(`^Paused · step \\d+ of ${STEPS}`));
    await press('KeyP');
    await window.says('keys', new RegExp(`^Finished · step ${STEPS} of ${STEPS}`));
    expect(stepsOf(await window.folderOf('keys'))).toEqual(upTo(STEPS));
  });

  test('opens each tab, and the tokens of a step from its chart', async () => {
    const { page } = window;
    for (const [key, name] of TABS) {
      await press(key);
      await page.getByRole('tab', { name, selected: true }).waitFor();
    }
    await tabTo(page.getByRole('application', { name: 'Reward', exact: true }));
    await press('End', 'Enter');
    await page.getByRole('list', { name: `Rollouts of step ${STEPS}` }).waitFor();
    await tabTo(page.getByRole('group', { name: /^Tokens: / }).first());
    await press('ArrowRight');
    await page.locator('dl').filter({ hasText: 'Advantage' }).waitFor();
  });

  test('asks the models and sends an answer to Rank', async () => {
    const { page } = window;
    await press('Control+Digit6');
    await tabTo(page.getByRole('textbox', { name: 'Your question' }));
    await type('What is the boat made of?');
    await press('Control+Enter');
    const menu = window.button('Actions for answer of column 2');
    await menu.waitFor(PATIENCE);
    await tabTo(menu);
    await press('Enter');
    const item = page.getByRole('menuitem', { name: 'Send to Rank' });
    while (!(await window.hasFocus(item))) await press('ArrowDown');
    await press('Enter');
    await page.getByText(/answers queued in Rank|then it is queued/).waitFor();
    await item.waitFor({ state: 'detached' });
  });

  test('evaluates and judges', async () => {
    const { page } = window;
    await press('Control+Digit7');
    await page.getByRole('article', { name: 'PPO against SFT' }).waitFor();
    await press('KeyN');
    await tabTo(window.button(/Baseline/));
    await press('Enter');
    await page.getByRole('option').first().waitFor();
    await press('KeyS', 'KeyF', 'KeyT', 'Enter');
    await tabTo(page.getByRole('checkbox', { name: /^keys/ }).first());
    await press('Space');
    await tabTo(page.getByRole('textbox', { name: 'How many' }));
    await type(4);
    await tabTo(window.dialog('New evaluation').getByRole('button', { name: 'Evaluate' }));
    await press('Enter');
    await page.getByText('4 of 4 judged').waitFor(PATIENCE);
    await press('KeyR');
    await page.getByText('These judgements never train.').waitFor();
    await rankByKeys(page);
    await press('KeyX', 'Control+Digit7');
    await page.getByRole('rowheader', { name: 'Ada', exact: true }).waitFor();
  });

  test('ranks what the round asks for, and writes its report', async () => {
    const { page } = window;
    await press('Control+Digit8');
    await page.getByRole('article', { name: 'Round 1' }).waitFor();
    await press('Control+Enter');
    await rankByKeys(page);
    await rankByKeys(page);
    await press('Control+Digit8');
    await page.getByRole('article', { name: 'Round 1' }).getByText('2 of 2 ranked').waitFor();
    await press('KeyE');
    await page.getByText(/^Report written to .*round-1/).waitFor();
    expect(await page.evaluate('globalThis.pointed')).toBe(false);
    expect(window.problems).toEqual([]);
  });
});
