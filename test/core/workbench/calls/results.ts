import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bench, ppoRun, projectPath, world, type Cases } from './bench.ts';

/** Trying models out, evaluations, rounds and reports. */
export const resultsCases = {
  'play.ask': async () => {
    const messages = [{ role: 'user', text: 'the cat' } as const];
    const { work } = await bench.call('play.ask', { models: [world.model], messages, maxTokens: 8 });
    expect(await bench.ended(work)).toMatchObject({ kind: 'play', state: 'done' });
    const answers = bench.heard.flatMap(({ event, data }) =>
      event === 'play' && data.work === work && data.state !== 'writing' ? [data] : [],
    );
    expect(answers).toMatchObject([{ model: 0, sample: 0, reward: null }]);
  },
  'play.read': async () => {
    const messages = [{ role: 'user', text: 'the cat' } as const];
    const reading = await bench.call('play.read', { model: world.model, messages });
    expect(reading).toMatchObject({ hasTemplate: false, takesSystem: false, text: 'the cat' });
    expect(reading.tokens).toBeGreaterThan(0);
  },
  'reports.write': async () => {
    const run = await ppoRun();
    const { path, html } = await bench.call('reports.write', { run: run.path });
    expect(path.startsWith(join(projectPath(), 'reports', 'policy-'))).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(html);
    for (const said of ['KL to the reference', 'Answers to the watched prompts', 'Lineage', world.model])
      expect(html).toContain(said);
  },
} satisfies Partial<Cases>;
