/** Reports of hostile and of ordinary runs, as a reader opens them: in a real browser. */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RewardModelReport } from '../../../../core/contract/calls.ts';
import { Project } from '../../../../core/project/project.ts';
import { RunFolder, type RunManifest } from '../../../../core/project/run-folder.ts';
import { writeReport } from '../../../../core/workbench/reward-reports.ts';
import { launchBrowser } from '../../../support/browser.ts';
import { runManifest } from '../../project/runs.ts';
import { TestBench } from '../open-workbench.ts';

const hostile = `"><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)><style>@import url(//evil.example)</style>&lt;`;
const digest = 'ab'.repeat(32);

let bench: TestBench;
let browser: Browser;
let page: Page;
let wanted: string[];
let projects = 0;
beforeAll(async () => {
  [bench, browser] = await Promise.all([TestBench.open(), launchBrowser()]);
});
afterAll(() => Promise.all([bench.close(), browser.close()]));
beforeEach(async () => {
  await bench.call('project.create', { path: bench.at('projects', String(++projects)), name: hostile });
  page = await (await browser.newContext()).newPage();
  wanted = [];
  page.on('request', (request) => wanted.push(request.url()));
  page.on('dialog', (dialog) => {
    wanted.push(dialog.message());
    void dialog.dismiss();
  });
});

const projectPath = () => bench.at('projects', String(projects));

/** A run of so many steps. */
function makeRun(name: string, changes: Partial<RunManifest> = {}, steps = 12): string {
  const runs = join(projectPath(), 'runs');
  mkdirSync(runs, { recursive: true });
  const run = RunFolder.create(join(runs, name), runManifest({ steps, ...changes }));
  for (let step = 1; step <= steps; step++)
    run.appendMetrics(step, {
      ...{ 'objective/scores': step / 10, 'objective/kl': step * 0.3, 'objective/kl_coef': 0.02 },
      ...{ 'loss/policy_avg': step % 3 ? NaN : -1 / step, [hostile]: 1 },
    });
  const watched = (step: number) => ({
    watched: true,
    prompt: hostile,
    completion: `${step}${hostile}`,
    ended: true,
  });
  for (const step of [0, 6, 12]) run.appendSamples(step, [watched(step)]);
  run.unlock();
  return run.path;
}

async function open(asked: Parameters<typeof bench.call<'reports.write'>>[1]) {
  const { path, html } = await bench.call('reports.write', asked);
  expect(readFileSync(path, 'utf8')).toBe(html);
  await page.goto(`file://${path}`);
  return { path, html };
}

const shown = () => page.locator('main').innerText();

describe('hostile text', () => {
  test('shows as it is: it runs nothing, fetches nothing and styles nothing', async () => {
    const manifest = {
      configuration: { klCoef: 0.02, [hostile]: hostile },
      models: { [hostile]: { path: `/${hostile}`, sha256: digest } },
      data: { [hostile]: { path: `/${hostile}`, sha256: digest } },
      device: hostile,
    };
    const run = makeRun('hostile', manifest);
    await bench.call('runs.annotate', { path: run, tags: ['<b>bold</b>'], note: hostile });
    const { path } = await open({ run });
    expect(wanted).toEqual([`file://${path}`]);
    const elements = (what: string) => page.locator(what).count();
    expect(await elements('script, img, link, iframe, object, embed, b, base, form')).toBe(0);
    expect(await elements('style')).toBe(1);
    expect(await elements('[src], [href], [style], [onerror]')).toBe(0);
    const text = await shown();
    expect(text.split(hostile).length - 1).toBeGreaterThan(8);
    expect(text).toContain('<b>bold</b>');
  });

  test('nothing in the file names anything to fetch, and its own style counts', async () => {
    const { html } = await open({ run: makeRun('plain', { device: 'cpu' }) });
    const markup = html.replace(/<style>[\s\S]*<\/style>/, '');
    expect(markup).not.toMatch(/<[a-z]+[^>]*\s(src|href|action|data|poster|xmlns)=/i);
    expect(/<style>[\s\S]*<\/style>/.exec(html)![0]).not.toMatch(/url\(|@import/);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('dl')).display`)).toBe('grid');
  });
});

describe('the report of a run', () => {
  test('tells what was run, what came of it and from what it came', async () => {
    const changed = { klCoef: 0.5, batchSize: 512 };
    const request = { preset: 'paper', algorithm: 'ppo' };
    const data = { prompts: { path: '/data/prompts.jsonl', sha256: digest } };
    const run = makeRun('policy', { configuration: changed, request, data });
    const { path } = await open({ run });
    expect(basename(path)).toMatch(/^policy-\d{4}(-\d\d){5}\.html$/);
    const text = await shown();
    for (const said of [
      'policy: ppo',
      '12 of 12, stopped',
      'onnxruntime 1.30.0',
      digest,
      '/data/prompts.jsonl',
    ])
      expect(text).toContain(said);
    const rows = page.locator('table').first().locator('tbody tr');
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/^klCoef\s+0\.5\s+0\.02\s+β: reward lost per nat/),
    ]);
    const titles = await page.locator('figcaption').allInnerTexts();
    expect(titles).toEqual([
      ...['Reward', 'KL to the reference', 'Policy loss', 'Coefficient of the KL', 'Reward against √KL'],
    ]);
    expect(await page.locator('svg path').count()).toBe(5);
    expect(text).toContain('mean over sequences of the sum over tokens, estimator k1, nats');
    const answers = await page.locator('.answers .text').allInnerTexts();
    expect(answers).toEqual([hostile, `0${hostile}`, `12${hostile}`]);
  });

  test('is written beside those before it', async () => {
    const run = makeRun('policy');
    const paths = [await open({ run }), await open({ run })].map(({ path }) => path);
    expect(new Set(paths).size).toBe(2);
  });

  test('of a run without a step has no charts', async () => {
    await open({ run: makeRun('empty', {}, 0) });
    expect(await page.locator('svg').count()).toBe(0);
    expect(await shown()).toContain('none yet');
  });

  test('can be read in the dark and on a narrow screen', async () => {
    await open({ run: makeRun('policy') });
    const background = () => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
    await page.setViewportSize({ width: 420, height: 800 });
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(420);
  });
});

/** What a measurement of a reward model left beside it. */
function measure(model: string): void {
  const share = (mean: number) => ({ mean, low: mean - 0.1, high: mean + 0.1, n: 50 });
  const report: RewardModelReport = {
    ...{ model, madeAt: Date.now(), pairs: 50, accuracy: share(0.7), ece: 0.0321 },
    byLabeler: [{ name: hostile, heldOut: true, accuracy: share(0.6) }],
    ...{ byUseCase: [], byConfidence: [], heldOutLabelers: null, labelerAgreement: share(0.75) },
    selfAgreement: null,
    calibration: [
      { from: 0, to: 0.5, predicted: 0.3, observed: share(0.35) },
      { from: 0.5, to: 1, predicted: 0.8, observed: share(0.75) },
    ],
    margins: { edges: [0, 1], counts: [50], mean: 0.4 },
    lengthCorrelation: { overall: 0.25, withinPrompts: 0.1, n: 50 },
    lengths: { tokens: new Float32Array(), rewards: new Float32Array() },
  };
  writeReport({ path: projectPath() }, report);
}

test('a reward model is told of in its own report and in those of the runs that it scored', async () => {
  const reward = makeRun('reward', { algorithm: 'reward-model' });
  const model = join(reward, 'model');
  measure(model);
  const policy = makeRun('policy', { models: { rewardModel: { path: model, sha256: digest } } });
  for (const [run, title] of [
    [reward, 'Reward-model report'],
    [policy, 'Its reward model'],
  ] as const) {
    await open({ run });
    const text = await shown();
    for (const said of [
      title,
      '70.0 % (60.0 % to 80.0 %), n = 50',
      '0.0321',
      `labeler: ${hostile} (held out)`,
    ])
      expect(text).toContain(said);
    expect(await page.locator('figcaption', { hasText: 'Calibration' }).count()).toBe(1);
  }
});

test('evaluations are told of where a model of the run took part', async () => {
  const run = makeRun('policy');
  await bench.call('project.close', {});
  const project = Project.open(projectPath());
  const prompt = { kind: 'plain', useCase: null, author: null, split: 'test' } as const;
  project.prompts.add(['one', 'two', 'three'].map((text) => ({ text, ...prompt })));
  const models = [
    { path: '/elsewhere/base', name: 'Base' },
    { path: join(run, 'model'), name: hostile },
  ];
  for (const [name, asked] of [
    ['Blind', models],
    ['Of others', [models[0]!, { path: `${run}-2/model`, name: 'Other' }]],
  ] as const) {
    const settings = { temperature: 1, topP: 1, maxTokens: 8, seed: 1 };
    const evaluation = project.evaluations.create({
      ...{ name, rewardModel: null, simulated: true, filter: {}, prompts: 3, settings },
      models: [...asked],
    }).id;
    for (const { id } of project.evaluations.unanswered(evaluation))
      project.evaluations.addAnswers({
        ...{ evaluation, prompt: id, judgments: [{ labeler: 'Sim', ranks: [2, 1] }] },
        answers: [1, 2].map((tokens) => ({ text: 'x'.repeat(tokens), settings: { tokens, ended: true } })),
      });
  }
  project.close();
  await bench.call('project.open', { path: projectPath() });
  await open({ run });
  const text = await shown();
  expect(text).toContain('3 of 3 prompts answered, 3 judged.');
  expect(text).not.toContain('Of others');
  const [base, other] = await page
    .locator('section', { hasText: 'Blind' })
    .locator('tbody tr')
    .allInnerTexts();
  expect(base).toMatch(/^Base\s+the others are compared with it/);
  expect(other).toContain(hostile);
  expect(other).toContain('100.0 % (');
});

describe('the report of a round', () => {
  test('tells its stages and its runs', async () => {
    const [starter] = await bench.call('models.list', {});
    const { id } = await bench.call('rounds.start', { policy: starter!.path });
    makeRun('policy', { request: { algorithm: 'ppo', round: id } });
    await open({ round: id });
    const text = await shown();
    for (const said of ['Round 1', 'Starter: base model', '0 of 0', 'policy: ppo'])
      expect(text).toContain(said);
    await expect(bench.call('reports.write', { round: 99 })).rejects.toThrow('there is no round 99');
  });
});
