import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { until } from '../../../support/processes.ts';
import { TestBench } from '../open-workbench.ts';
import { tinyForm, tinyWorld } from '../tiny.ts';

const runFolder = new URL('../../../../core/project/run-folder.ts', import.meta.url).href;

/** Another process that trains, as far as its lock tells. */
async function trainElsewhere(path: string) {
  const code = `import { RunFolder } from '${runFolder}';
    RunFolder.open(${JSON.stringify(path)}).lock(); process.stdout.write('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 2],
  });
  await once(child.stdout!, 'data');
  return child;
}

test('of a run that another process is at, the windows are told when it is no more', async () => {
  const world = tinyWorld();
  const bench = await TestBench.open();
  await bench.call('project.create', { path: bench.at('project'), name: 'Runs' });
  const form = tinyForm(world, 'pretrain', 'shared', { steps: 1_000_000, checkpointEvery: 1_000_000 });
  const { work } = await bench.call('runs.start', form);
  await bench.work(work, ({ done }) => done > 0);
  await bench.call('work.stop', { id: work });
  await bench.ended(work);
  const other = await trainElsewhere(bench.at('project', 'runs', 'shared'));
  expect(await bench.call('runs.list', {})).toMatchObject([
    { state: 'working', resumable: false, work: null },
  ]);
  await bench.call('runs.list', {});
  const heard = bench.heard.length;
  other.kill('SIGKILL');
  const announced = () => bench.heard.slice(heard).filter(({ event }) => event === 'changed');
  await until(() => announced().length > 0);
  expect(announced().map(({ data }) => data)).toEqual([{ parts: ['runs', 'models'] }]);
  expect(await bench.call('runs.list', {})).toMatchObject([{ state: 'stopped', resumable: true }]);
  await bench.close();
});
