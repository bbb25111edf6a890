/** From the starter project to a second round of feedback, through the window alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EvaluationReport } from '../../core/contract/calls.ts';
import type { Estimate } from '../../core/contract/entities.ts';
import { showFigure } from '../../renderer/views/train/figures.ts';
import { percent, estimateWords } from '../../renderer/views/evaluate/numbers.ts';
import { until } from '../support/processes.ts';
import { expectSound, numberOf, rowsOf } from '../support/project-database.ts';
import { goTo } from '../support/window.ts';
import { PATIENCE, rankByKeys, stepsOf, TrainingWindow, upTo } from './training-window.ts';

const window = new TrainingWindow();
const { project } = window;
const button = (name: string | RegExp) => window.button(name);

beforeAll(async () => { await window.start(); if (process.env['E1_ON']) { await button(/^Starter/).click();
    await button('Labeling: Ada').waitFor(); await goTo(window.page, 'train'); } }); // SCRATCH
afterAll(() => window.end());

afterEach(async ({ task }) => { if (task.result?.state === 'fail') await window.page.screenshot({ path: '/tmp/e1.png' }); }); // SCRATCH
const SFT_STEPS = 19;
const PPO_STEPS = 6;
const RANKED = 2;
const STARTER_RANKINGS = 2550;
const EVALUATED = 12;

describe('a new user', () => {
  test('opens the starter, says who they are, and takes a snapshot for SFT', async () => {
    const { page } = window;
    await button('Open the starter').click();
    await page.getByRole('region', { name: 'This project' }).getByText('3,000').waitFor();
    await goTo(page, 'labelers');
    await page.keyboard.press('KeyN');
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
    await page.keyboard.press('Enter');
    await button('Labeling: Ada').waitFor();
    await goTo(page, 'train');
    await button('Train with SFT…').click();
    await button('Make one now').click();
    await page.getByText('540 demonstrations').first().waitFor();
    expect(numberOf(project, 'SELECT count(*) FROM snapshots')).toBe(1);
  });

  test('is told beside a setting what is wrong with it, before anything starts', async () => {
    const form = window.dialog('New run: SFT');
    await window.fill({ epochs: 0 });
    await form.getByText('Must be a whole number').waitFor();
    expect(await button(/^Start /).isDisabled()).toBe(true);
    expect(await window.connection.call('runs.list', {})).toEqual([]);
  });

  test('trains with SFT and sees the charts grow', async () => {
    await window.fill({ epochs: 1, sampleEvery: 8 });
    await window.dialog('New run: SFT').getByText(`${SFT_STEPS} steps, 540 demonstrations`).waitFor();
    await button(/^Start /).click();
    await window.summaryOf('Loss', /at step \d/);
    await window.says('sft', new RegExp(`Finished · step ${SFT_STEPS} of ${SFT_STEPS}`));
    await window.summaryOf('Loss', new RegExp(`at step ${SFT_STEPS}, between \\d`));
    expect(stepsOf(await window.folderOf('sft'))).toEqual(upTo(SFT_STEPS));
  });

  test('closes everything, comes back, and all of it is there', async () => {
    const before = await window.run('sft');
    await window.leave();
    expectSound(project);
    await window.start();
    await button(/^Starter/).click();
    await button('Labeling: Ada').waitFor();
    await goTo(window.page, 'train');
    await window.says('sft', new RegExp(`Finished · step ${SFT_STEPS}`));
    await window.summaryOf('Loss', new RegExp(`at step ${SFT_STEPS}`));
    expect(await window.run('sft')).toEqual(before);
  });

  test('begins a round with it: samples, and ranks some by keyboard', async () => {
    await goTo(window.page, 'iterate');
    await button('Start round 1').click();
    await button('Sample completions…').click();
    await window.page.getByRole('searchbox', { name: 'Prompts that contain' }).fill('Finn');
    await window.fill({ 'Prompts to rank': RANKED, 'Completions of each': 3, 'Most tokens': 16 });
    await button('Sample').last().click();
    await window.page.getByText(`0 of ${RANKED} ranked`).waitFor(PATIENCE);
    await button('Rank them').click();
    const ranked = [await rankByKeys(window.page), await rankByKeys(window.page)];
    const ofRound = `SELECT id FROM completions WHERE item IN (SELECT id FROM ranking_items
      WHERE round = 1 AND retired_change IS NULL)`;
    expect(rowsOf<{ id: number }>(project, ofRound).map(({ id }) => id)).toEqual(ranked.flat().toSorted((a, b) => a - b));
    await goTo(window.page, 'iterate');
    await window.page.getByText(`${RANKED} of ${RANKED} ranked`).waitFor();
  });

  test('trains a reward model on them too, and stops it early', async () => {
    await button('Train the reward model…').click();
    await button('Make one now').click();
    await window.page.getByText(`${(STARTER_RANKINGS + RANKED).toLocaleString('en')} rankings`).first().waitFor();
    await window.fill({ Name: 'reward', checkpointEvery: 3 });
    await button(/^Start /).click();
    await window.says('reward', /Training · step [4-9]/);
    await button(/^Pause/).click();
    await window.says('reward', /^Paused/);
    await button('Stop here…').click();
    await window.page.getByRole('alertdialog').getByRole('button', { name: 'Stop here' }).click();
    await window.says('reward', /^Finished/);
  });

  test('is asked once, with reasons, before PPO relies on it', async () => {
    await goTo(window.page, 'iterate');
    await button('Train PPO…').click();
    await window.fill(ppo);
    await button(/^Start /).click();
    await window.dialog('The reward model is not ready').getByText('It was never measured').waitFor();
    await button('Look at the report').click();
    await button('Measure it').click();
    await window.page.getByText('Not ready for PPO').waitFor(PATIENCE);
    const model = join((await window.run('reward')).path, 'model');
    const { reasons } = await window.connection.call('rewardModels.readiness', { model });
    const list = window.page.getByText('Not ready for PPO').locator('..').getByRole('listitem');
    expect(await list.allInnerTexts()).toEqual(reasons);
    const report = await window.connection.call('rewardModels.report', { model });
    await window.page.getByText(`${report!.pairs.toLocaleString('en')} held-out pairs`).waitFor();
  });

  test('trains with PPO nevertheless, pauses, and goes on', async () => {
    await goTo(window.page, 'iterate');
    await button('Train PPO…').click();
    await window.fill(ppo);
    await button(/^Start /).click();
    await button('Train anyway').click();
    await window.summaryOf('Reward', /at step [1-3]/);
    await button(/^Pause/).click();
    await window.says('ppo', new RegExp(`^Paused · step \\d of ${PPO_STEPS}`));
    const paused = stepsOf(await window.folderOf('ppo'));
    expect(paused.length).toBeLessThan(PPO_STEPS);
    await button(/^Resume/).click();
    await window.says('ppo', new RegExp(`Finished · step ${PPO_STEPS} of ${PPO_STEPS}`));
    expect(stepsOf(await window.folderOf('ppo'))).toEqual(upTo(PPO_STEPS));
    await window.summaryOf('Reward', new RegExp(`at step ${PPO_STEPS}`));
    await window.summaryOf('KL to the reference', new RegExp(`at step ${PPO_STEPS}`));
  });

  test('opens the tokens of a step from a chart, by keyboard, and reads the numbers of one', async () => {
    const { page } = window;
    await page.getByRole('application', { name: 'Reward', exact: true }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    const step = PPO_STEPS - 1;
    await page.getByRole('list', { name: `Rollouts of step ${step}` }).waitFor();
    const tokens = page.getByRole('group', { name: /^Tokens: / }).first();
    await tokens.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const { path } = await window.run('ppo');
    const { tokens: texts, quantities } = await window.connection.call('runs.rollouts', { path, step });
    const told = page.locator('dl').filter({ hasText: 'Advantage' });
    await told.getByText(JSON.stringify(texts[1]), { exact: true }).waitFor();
    const read = (name: string) => told.getByText(name, { exact: true }).locator('..').locator('dd').innerText();
    expect(await read('KL')).toBe(showFigure(quantities.kl![1]!));
    expect(await read('Advantage')).toBe(showFigure(quantities.advantages![1]!));
    expect(await read('Value')).toBe(showFigure(quantities.values![1]!));
  });

  test('sees what the doctor found', async () => {
    const { path } = await window.run('ppo');
    const findings = await window.connection.call('runs.doctor', { path });
    await window.page.getByRole('tab', { name: /^Doctor/ }).click();
    await window.page.getByText('What it looks for').waitFor();
    expect(await window.page.getByText('Nothing is wrong').count()).toBe(findings.length === 0 ? 1 : 0);
    for (const { title } of findings) await window.page.getByRole('heading', { name: title }).waitFor();
  });

  test('sees how an answer has changed', async () => {
    const { page } = window;
    const { path } = await window.run('ppo');
    const [watched] = await window.connection.call('runs.samples', { path });
    await page.getByRole('tab', { name: 'Samples' }).click();
    await page.getByRole('group', { name: 'Prompt' }).getByText(watched!.prompt.split('\n')[0]!).waitFor();
    const answer = (at: number) => watched!.answers.at(at)!.completion.trim().split('\n')[0]!;
    await page.getByText('As it is').click();
    await page.getByText(answer(-1)).first().waitFor();
    for (const _ of watched!.answers) await page.keyboard.press('BracketLeft');
    await page.getByText(answer(0)).first().waitFor();
  });

  test('forks from a step, and sees where the fork comes from', async () => {
    await button(/^Fork…/).click();
    await window.fill({ Name: 'gentle', klCoef: 0.3 });
    await button('Latest').or(button(/From step/)).first().click();
    await window.page.getByRole('option', { name: String(PPO_STEPS - 2) }).click();
    await button(/^Fork /).last().click();
    await window.says('gentle', new RegExp(`Finished · step ${PPO_STEPS} of ${PPO_STEPS}`));
    const { manifest } = await window.folderOf('gentle');
    expect(manifest.parent).toEqual({ run: (await window.run('ppo')).path, step: PPO_STEPS - 2 });
    expect(manifest.configuration['klCoef']).toBe(0.3);
    await window.page.getByRole('tab', { name: 'Details' }).click();
    await window.page.getByText(/forked from ppo after step/).waitFor();
  });

  test('asks both models, sees the answers being written, and sends them to Rank', async () => {
    const { page } = window;
    await page.getByRole('row', { name: 'ppo' }).click();
    await button('Play with it').click();
    const question = page.getByRole('textbox', { name: 'Your question' });
    await question.fill('Write a short letter to Leo about the boat.');
    await noteTexts(page);
    await button(/^Ask Ctrl/).click();
    const answers = page.getByRole('region', { name: 'Conversation' }).getByRole('article');
    await answers.filter({ hasText: /ended by itself|cut off/ }).nth(1).waitFor(PATIENCE);
    expect(await page.evaluate<number>('globalThis.texts.size')).toBeGreaterThan(4);
    await button('Actions for answer of column 1').click();
    await page.getByRole('menuitem', { name: 'Send to Rank' }).click();
    await page.getByText(/answers queued in Rank|then it is queued/).waitFor();
    await until(() => countOf(PLAYED) === 1);
  });

  test('evaluates one against the other, judged by the simulated labelers and by a person', async () => {
    const { page } = window;
    await goTo(page, 'train');
    const trained = countOf('rankings WHERE evaluation IS NULL');
    await page.getByRole('row', { name: 'ppo' }).click();
    await button('Evaluate').last().click();
    await window.fill({ Name: 'Before and after', 'How many': EVALUATED, 'Most tokens': 24 });
    await window.dialog('New evaluation').getByText(`${2 * EVALUATED} answers to ${EVALUATED} prompts`).waitFor();
    await window.dialog('New evaluation').getByRole('button', { name: 'Evaluate' }).click();
    await page.getByText(`${EVALUATED} of ${EVALUATED} judged`).waitFor(PATIENCE);
    const { winRates, method } = await reportOf('Before and after');
    const [{ overall }] = winRates as [{ overall: Estimate }];
    const rates = page.getByRole('table', { name: 'Preferred to sft' });
    await rates.getByRole('cell', { name: estimateWords(overall, percent) }).waitFor();
    await page.getByText(method).waitFor();
    expect(method).toContain("Wilson's score interval");
    expect(overall.low).toBeLessThan(overall.high);
    expect(countOf('rankings WHERE evaluation IS NULL')).toBe(trained);
  });

  test('judges one of its items blind; what is judged never trains', async () => {
    const { page } = window;
    await button(/^Judge/).click();
    await page.getByText('These judgements never train.').waitFor();
    expect(await page.getByRole('article').filter({ hasText: /sft|ppo/ }).count()).toBe(0);
    const best = await rankByKeys(page);
    expect(best).toHaveLength(2);
    await goTo(page, 'evaluate');
    await page.getByRole('rowheader', { name: 'Ada', exact: true }).waitFor();
    const { winRates } = await reportOf('Before and after');
    const own = winRates[0]!.byLabeler.find(({ labeler }) => labeler.name === 'Ada');
    const first = rowsOf<{ name: string }>(
      project,
      "SELECT json_extract(origin, '$.name') AS name FROM completions WHERE id = ?",
      best[0],
    );
    expect(own!.rate).toMatchObject({ n: 1, mean: first[0]!.name === (await modelOf('ppo')) ? 1 : 0 });
    const { counts } = await window.connection.call('snapshots.create', { name: 'after the evaluation' });
    expect(counts.rankings).toBe(STARTER_RANKINGS + RANKED);
  });

  test('begins the next round with what came of it, and samples what is least certain', async () => {
    const { page } = window;
    await goTo(page, 'iterate');
    await button('Start the next round from it').click();
    const round = page.getByRole('article', { name: 'Round 2' });
    await page.getByText('goes on with ppo').waitFor();
    await round.getByRole('button', { name: 'Sample completions…' }).click();
    await window.fill({ 'Prompts to rank': RANKED, 'Completions of each': 3, 'Most tokens': 16 });
    await window.fill({ 'Out of prompts': 2 * RANKED });
    await button('Sample').last().click();
    await round.getByText(`0 of ${RANKED} ranked`).waitFor(PATIENCE);
    const ofRound = 'ranking_items WHERE round = 2 AND retired_change IS NULL';
    expect(countOf(`${ofRound} AND confidence < 0`)).toBe(RANKED);
  });

  test('writes reports of the run and of the round', async () => {
    const { page } = window;
    await button('Write the report of round 1').click();
    await page.getByText(/Report written to .*round-1/).waitFor();
    await goTo(page, 'train');
    await page.getByRole('row', { name: 'ppo' }).click();
    await button(/^Write report/).click();
    const said = await page.getByText(/^Report written to .*[/\\]ppo[^/\\]*$/).innerText();
    const html = readFileSync(said.replace('Report written to ', ''), 'utf8');
    const { manifest } = await window.folderOf('ppo');
    for (const name of Object.keys(manifest.configuration)) expect(html).toContain(name);
    for (const { sha256 } of Object.values(manifest.data)) expect(html).toContain(sha256);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test('leaves a sound project, and no error in any window', () => {
    expectSound(project);
    expect(window.problems).toEqual([]);
  });
});

describe('somebody who has no mouse', () => {
  const { press, type, tabTo } = window;

  test('starts PPO, pauses it, and goes on', async () => {
    await window.open(NOTE_POINTER);
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
    for (const [name, value] of Object.entries({ ...ppo, Name: 'keys' })) {
      await tabTo(window.page.getByRole('textbox', { name, exact: true }));
      await type(value);
    }
    await window.page.getByText(`${PPO_STEPS} steps, `).waitFor();
    await press('Control+Enter');
    await tabTo(button('Train anyway'));
    await press('Enter');
    await window.summaryOf('Reward', /at step [1-3]/);
    await press('KeyP');
    await window.says('keys', new RegExp(`^Paused · step \\d of ${PPO_STEPS}`));
    await press('KeyP');
    await window.says('keys', new RegExp(`^Finished · step ${PPO_STEPS} of ${PPO_STEPS}`));
  });

  test('opens each tab, and the tokens of a step from its chart', async () => {
    const { page } = window;
    for (const [key, name] of TABS) {
      await press(key);
      await page.getByRole('tab', { name, selected: true }).waitFor();
    }
    await tabTo(page.getByRole('application', { name: 'Reward', exact: true }));
    await press('End', 'Enter');
    await page.getByRole('list', { name: `Rollouts of step ${PPO_STEPS}` }).waitFor();
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
    const menu = button('Actions for answer of column 2');
    await menu.waitFor(PATIENCE);
    await tabTo(menu);
    await press('Enter');
    const item = page.getByRole('menuitem', { name: 'Send to Rank' });
    while (!(await window.hasFocus(item))) await press('ArrowDown');
    await press('Enter');
    await until(() => countOf(PLAYED) === 2);
  });

  test('evaluates and judges', async () => {
    const { page } = window;
    await press('Control+Digit7');
    await page.getByRole('article', { name: 'Before and after' }).waitFor();
    await press('KeyN');
    await tabTo(button(/Baseline/));
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
    await page.getByRole('article', { name: 'Round 2' }).waitFor();
    await press('Control+Enter');
    for (let i = 0; i < RANKED; i++) await rankByKeys(page);
    await press('Control+Digit8');
    await page.getByRole('article', { name: 'Round 2' }).getByText(`${RANKED} of ${RANKED} ranked`).waitFor();
    await press('KeyE');
    await page.getByText(/^Report written to .*round-2/).waitFor();
    expect(await page.evaluate('globalThis.pointed')).toBe(false);
    expect(window.problems).toEqual([]);
  });
});

const TABS = [
  ['Digit2', 'Samples'],
  ['Digit3', 'Tokens'],
  ['Digit4', 'Doctor'],
  ['Digit6', 'Details'],
  ['Digit1', 'Charts'],
] as const;

/** Notes whether a pointer was ever used. */
const NOTE_POINTER = `globalThis.pointed = false;
  addEventListener('pointerdown', () => (globalThis.pointed = true), true);`;

const PLAYED = "ranking_items WHERE prompt IN (SELECT id FROM prompts WHERE source = 'play')";

/** Notes every text that an answer has had. */
const noteTexts = (page: Page): Promise<void> =>
  page.evaluate(`globalThis.texts = new Set();
    new MutationObserver(() => document.querySelectorAll('article').forEach(({ textContent }) => texts.add(textContent)))
      .observe(document.body, { subtree: true, childList: true, characterData: true })`);

const countOf = (rows: string): number => numberOf(project, `SELECT count(*) FROM ${rows}`);

async function reportOf(name: string): Promise<EvaluationReport> {
  const evaluations = await window.connection.call('evaluations.list', {});
  const { id } = evaluations.find((evaluation) => evaluation.name === name)!;
  return window.connection.call('evaluations.report', { id });
}

const modelOf = async (run: string): Promise<string> => join((await window.run(run)).path, 'model');

const ppo = { Name: 'ppo', episodes: 32 * PPO_STEPS, batchSize: 32, minibatches: 1, responseLength: 24, sampleEvery: 2, checkpointEvery: 2 };
