/** From the starter project to a second round of feedback, through the window alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvaluationReport } from '../../core/contract/calls.ts';
import { estimateWords, percent } from '../../renderer/views/evaluate/numbers.ts';
import { showFigure } from '../../renderer/views/train/figures.ts';
import { until } from '../support/processes.ts';
import { expectSound, numberOf, rowsOf } from '../support/project-database.ts';
import { goTo } from '../support/window.ts';
import { PATIENCE, rankByKeys, stepsOf, TrainingWindow, upTo } from './training-window.ts';

const window = new TrainingWindow();
const { project } = window;
const button = (name: string | RegExp) => window.button(name);

beforeAll(() => window.start());
afterAll(() => window.end());

const SFT_STEPS = 19;
const PPO_STEPS = 10;
const FORKED_AFTER = 8;
const ppo = {
  ...{ Name: 'ppo', episodes: 32 * PPO_STEPS, batchSize: 32, minibatches: 1, responseLength: 16 },
  ...{ sampleEvery: 2, checkpointEvery: 2 },
};
const STARTER_RANKINGS = 2550;
const RANKED = 2;
const EVALUATED = 12;
/** Of the starter. */
const SIMULATED_LABELERS = 8;

async function readinessOfReward() {
  const model = join((await window.run('reward')).path, 'model');
  return { model, ...(await window.connection.call('rewardModels.readiness', { model })) };
}

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

  test('is told what memory a run takes; what does not fit cannot start', async () => {
    const form = window.dialog('New run: SFT');
    await window.connection.call('app.changeSettings', { memoryGigabytes: 0.1 });
    await window.fill({ epochs: 1 });
    await form.getByText(/^the run needs \d+ MB of memory, but the settings allow 100 MB/).waitFor();
    expect(await button(/^Start /).isDisabled()).toBe(true);
    await window.connection.call('app.changeSettings', { memoryGigabytes: 0 });
    await window.fill({ sampleEvery: 8 });
    await form.getByRole('region', { name: 'Memory it takes' }).getByText('moments of AdamW').waitFor();
    await form.getByText(/ GB free$/).waitFor();
    expect(await button(/^Start /).isEnabled()).toBe(true);
  });

  test('trains with SFT and sees the charts grow', async () => {
    await window.fill({ epochs: 1, sampleEvery: 8 });
    await window.dialog('New run: SFT').getByText(`${SFT_STEPS} steps, 540 demonstrations`).waitFor();
    await button(/^Start /).click();
    await window.draws('sft', 'Loss');
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
    const ofRound = rowsOf<{ id: number }>(
      project,
      `SELECT id FROM completions WHERE item IN (SELECT id FROM ranking_items WHERE round = 1) ORDER BY id`,
    );
    expect(ranked.flat().toSorted((a, b) => a - b)).toEqual(ofRound.map(({ id }) => id));
    await goTo(window.page, 'iterate');
    await window.page.getByText(`${RANKED} of ${RANKED} ranked`).waitFor();
  });

  test('trains a reward model on them too, and stops it early', async () => {
    await button('Train the reward model…').click();
    await button('Make one now').click();
    const rankings = (STARTER_RANKINGS + RANKED).toLocaleString('en');
    await window.page.getByText(`${rankings} rankings`).first().waitFor();
    await window.fill({ Name: 'reward', checkpointEvery: 3 });
    await button(/^Start /).click();
    await window.says('reward', /Training · step ([4-9]|\d\d)/);
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
    await window.page.getByText(/held-out pairs, measured/).waitFor(PATIENCE);
    // How far it got before it was stopped differs, and so does what is to be said of it.
    const { model, ready, reasons } = await readinessOfReward();
    const verdict = window.page.getByText(ready ? 'Ready for PPO:' : 'Not ready for PPO');
    await verdict.waitFor();
    expect(await verdict.locator('..').getByRole('listitem').allInnerTexts()).toEqual(reasons);
    const report = await window.connection.call('rewardModels.report', { model });
    await window.page.getByText(`${report!.pairs.toLocaleString('en')} held-out pairs`).waitFor();
  });

  test('trains with PPO nevertheless, pauses, and goes on', async () => {
    await goTo(window.page, 'iterate');
    await button('Train PPO…').click();
    await window.fill(ppo);
    await button(/^Start /).click();
    if (!(await readinessOfReward()).ready) await button('Train anyway').click();
    await window.draws('ppo', 'Reward');
    await button(/^Pause/).click();
    await window.says('ppo', new RegExp(`^Paused · step \\d of ${PPO_STEPS}`));
    const paused = stepsOf(await window.folderOf('ppo'));
    expect(paused).toEqual(upTo(paused.length));
    await window.summaryOf('Reward', new RegExp(`at step ${paused.length}`));
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
    const read = (name: string) =>
      told.getByText(name, { exact: true }).locator('..').locator('dd').innerText();
    expect(await read('KL')).toBe(showFigure(quantities.kl[1]!));
    expect(await read('Advantage')).toBe(showFigure(quantities.advantages[1]!));
    expect(await read('Value')).toBe(showFigure(quantities.values[1]!));
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
    for (let i = 1; i < watched!.answers.length; i++) await page.keyboard.press('BracketLeft');
    await page.getByText(answer(0)).first().waitFor();
  });

  test('forks from a step, and sees where the fork comes from', async () => {
    await button(/^Fork…/).click();
    await window.fill({ Name: 'gentle', klCoef: 0.3 });
    await button(/From step/).click();
    await window.page.getByRole('option', { name: String(FORKED_AFTER) }).click();
    await window
      .dialog('Fork ppo')
      .getByRole('button', { name: /^Fork / })
      .click();
    await window.says('gentle', new RegExp(`Finished · step ${PPO_STEPS} of ${PPO_STEPS}`));
    const { manifest } = await window.folderOf('gentle');
    expect(manifest.parent).toEqual({ run: (await window.run('ppo')).path, step: FORKED_AFTER });
    expect(manifest.configuration['klCoef']).toBe(0.3);
    await window.page.getByRole('tab', { name: 'Details' }).click();
    await window.page.getByText(/forked from ppo after step/).waitFor();
  });

  test('asks both models, sees the answers come, and sends them to Rank', async () => {
    const { page } = window;
    await showRun('ppo');
    await button('Play with it').click();
    const question = page.getByRole('textbox', { name: 'Your question' });
    await question.fill('Write a short letter to Leo about the boat.');
    await noteTexts(page);
    await button(/^Ask Ctrl/).click();
    const answers = page.getByRole('region', { name: 'Conversation' }).getByRole('article');
    const whole = answers.filter({ hasText: /ended by itself|cut off/ });
    await whole.nth(1).waitFor(PATIENCE);
    // That they wait, and all of both; what is between depends on how quick the machine is.
    expect(await page.evaluate<number>('globalThis.texts.size')).toBeGreaterThanOrEqual(3);
    await button('Actions for answer of column 1').click();
    await page.getByRole('menuitem', { name: 'Send to Rank' }).click();
    await page.getByText(/answers queued in Rank|then it is queued/).waitFor();
    const played = "ranking_items WHERE prompt IN (SELECT id FROM prompts WHERE source = 'play')";
    await until(() => countOf(played) === 1);
  });

  test('evaluates one against the other, judged by the simulated labelers', async () => {
    const { page } = window;
    await goTo(page, 'train');
    const trained = countOf('rankings WHERE evaluation IS NULL');
    await showRun('ppo');
    await button('Evaluate').click();
    const form = window.dialog('New evaluation');
    await window.fill({ Name: 'Before and after', 'How many': EVALUATED, 'Most tokens': 24 });
    await form.getByText(`${2 * EVALUATED} answers to ${EVALUATED} prompts`).waitFor();
    await form.getByRole('button', { name: 'Evaluate' }).click();
    await page.getByText(`${EVALUATED} of ${EVALUATED} judged`).waitFor(PATIENCE);
    const { winRates, method } = await reportOf('Before and after');
    const overall = winRates[0]!.overall!;
    const rates = page.getByRole('table', { name: 'Preferred to sft' });
    await rates.getByRole('cell', { name: estimateWords(overall, percent) }).waitFor();
    await page.getByText(method).waitFor();
    expect(method).toContain("Wilson's score interval");
    expect(overall.low).toBeLessThan(overall.high);
    expect(countOf('rankings WHERE evaluation = 1')).toBe(SIMULATED_LABELERS * EVALUATED);
    expect(countOf('rankings WHERE evaluation IS NULL')).toBe(trained);
  });

  test('judges one of its items blind; what is judged never trains', async () => {
    const { page } = window;
    await button(/^Judge/).click();
    await page.getByText('These judgements never train.').waitFor();
    const named = page.getByRole('article').filter({ hasText: /sft|ppo/ });
    expect(await named.count()).toBe(0);
    const [best] = await rankByKeys(page);
    await goTo(page, 'evaluate');
    await page.getByRole('rowheader', { name: 'Ada', exact: true }).waitFor();
    const { winRates } = await reportOf('Before and after');
    const own = winRates[0]!.byLabeler.find(({ labeler }) => labeler.name === 'Ada');
    const byPpo = `completions WHERE id = ${best} AND json_extract(origin, '$.settings.model') = 1`;
    expect(own!.rate).toMatchObject({ n: 1, mean: countOf(byPpo) });
    const { counts } = await window.connection.call('snapshots.create', { name: 'after the evaluation' });
    expect(counts.rankings).toBe(STARTER_RANKINGS + RANKED);
  });

  test('begins the next round with the newest that came of it, and samples what is least certain', async () => {
    const { page } = window;
    await goTo(page, 'iterate');
    await button('Start the next round from it').click();
    const round = page.getByRole('article', { name: 'Round 2' });
    await page.getByText('goes on with gentle').waitFor();
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
    await showRun('ppo');
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

/** Notes every text that an answer has had. */
const noteTexts = (page: Page): Promise<void> =>
  page.evaluate(`globalThis.texts = new Set();
    new MutationObserver(() => document.querySelectorAll('article').forEach(({ textContent }) => texts.add(textContent)))
      .observe(document.body, { subtree: true, childList: true, characterData: true })`);

const showRun = (name: string): Promise<void> =>
  window.page.getByRole('grid', { name: 'Runs' }).getByText(name, { exact: true }).click();

const countOf = (rows: string): number => numberOf(project, `SELECT count(*) FROM ${rows}`);

async function reportOf(name: string): Promise<EvaluationReport> {
  const evaluations = await window.connection.call('evaluations.list', {});
  const { id } = evaluations.find((evaluation) => evaluation.name === name)!;
  return window.connection.call('evaluations.report', { id });
}
