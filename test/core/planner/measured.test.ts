/** Plans of the starter's stages against what whole processes then take; larger models in test/bench/memory-plan.ts. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { JobRequest } from '../../../core/workbench/request.ts';
import type { Measured } from '../../bench/memory-plan.ts';

const starter = resolve('resources/starter');
const folder = mkdtempSync(join(tmpdir(), 'planned-'));
afterAll(() => rmSync(folder, { recursive: true }));

function head(name: string, lines: number): string {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(
    path,
    readFileSync(join(starter, `${name}.jsonl`), 'utf8')
      .split('\n')
      .slice(0, lines)
      .join('\n'),
  );
  return path;
}

const requests: Record<string, Pick<JobRequest, 'algorithm' | 'data' | 'settings'>> = {
  sft: {
    algorithm: 'sft',
    data: {
      demonstrations: head('demonstrations.train', 96),
      validation: head('demonstrations.validation', 32),
    },
    settings: { epochs: 1, pretrainingShare: 0, microBatchTokens: 4096 },
  },
  'reward-model': { algorithm: 'reward-model', data: { rankings: head('rankings.train', 48) }, settings: {} },
};

async function inProcess(what: 'plan' | 'run', request: JobRequest): Promise<Measured> {
  const script = resolve('test/bench/memory-plan-process.ts');
  const kept = join(folder, 'calibrations.json');
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    what,
    JSON.stringify(request),
    ...[kept, 'cpu'],
  ]);
  return JSON.parse(stdout) as Measured;
}

test.each(Object.keys(requests))('the memory of %s is planned within 15% of what it takes', async (name) => {
  const request: JobRequest = {
    ...{ ...requests[name]!, model: join(starter, 'model'), preset: 'starter', out: join(folder, name) },
  };
  const { planned } = await inProcess('plan', request);
  const { peak } = await inProcess('run', request);
  expect(planned! / peak).toBeGreaterThan(0.85);
  expect(planned! / peak).toBeLessThan(1.15);
});
