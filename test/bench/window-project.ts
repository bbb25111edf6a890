/** A project of 100,000 prompts, served to a real browser. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Connection } from '../../core/contract/messages.ts';
import { randomStream } from '../../core/data/random.ts';
import { Project } from '../../core/project/project.ts';
import { useCases } from '../../core/contract/entities.ts';
import { launchBrowser } from '../support/browser.ts';
import { newLabeler, ServedWorkbench } from '../support/served-workbench.ts';
import { inTemporaryFolder } from './python.ts';

const PROMPTS = 100_000;
const ITEMS = 1_000;
const COMPLETIONS = 4;
const AUTHORS = 700;

const WORDS =
  'explain write a list of short words about the river in spring and say why it turns to the sea'.split(' ');

export interface Bench {
  readonly browser: Browser;
  readonly host: ServedWorkbench;
  readonly page: Page;
}

/** Opens the window of 1280×800 that most people have, on a project with a queue and somebody to label it. */
export const withWindow = (measure: (bench: Bench) => Promise<number>): Promise<number> =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'large');
    makeProject(path);
    await using host = await ServedWorkbench.start(folder);
    const window = await host.connect();
    await window.call('project.open', { path });
    await beginToLabel(window);
    await using browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    return await measure({ browser, host, page: await context.newPage() });
  });

async function beginToLabel(window: Connection): Promise<void> {
  await newLabeler(window, 'Ada');
  const { labeling } = await window.call('app.settings', {});
  await window.call('app.changeSettings', { labeling: { ...labeling, likert: false, metadataLabels: [] } });
}

function makeProject(path: string): void {
  const project = Project.create(path, 'Large', { seed: 1 });
  const random = randomStream(1, 'prompts');
  const sentence = (words: number) => Array.from({ length: words }, () => random.pick(WORDS)).join(' ');
  const prompts = Array.from({ length: PROMPTS }, (_, i) => ({
    text: `${i + 1}: ${sentence(8 + random.integer(40))}`,
    kind: 'plain' as const,
    useCase: random.pick(useCases),
    author: `author ${random.integer(AUTHORS)}`,
    split: 'train' as const,
  }));
  const rankings = Array.from({ length: ITEMS }, (_, prompt) => ({
    prompt,
    completions: Array.from({ length: COMPLETIONS }, () => sentence(40)),
  }));
  project.imports.apply({ source: 'bench', prompts, rankings });
  project.close();
}
