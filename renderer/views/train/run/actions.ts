/** What can be done with a run. */
import type { ModelFolder, RunSummary } from '../../../../core/contract/calls.ts';
import { showToast } from '../../../components/toasts.tsx';
import { call } from '../../../stores/connection.ts';
import { intend } from '../../../stores/intents.ts';
import { perform } from '../../../stores/perform.ts';
import { goTo } from '../../../stores/ui.ts';
import { stopWork, useWork } from '../../../stores/work.ts';
import { saveAs } from '../save-as.ts';
import { showRun, useTrain } from '../train-store.ts';

/** Ends its work at the next checkpoint; before it began, takes it away. */
export function pause(run: RunSummary): void {
  if (run.work !== null) stopWork(run.work);
}

export async function resume({ path }: RunSummary): Promise<void> {
  await perform('runs.resume', { path });
}

export async function endRun({ path }: RunSummary): Promise<void> {
  await perform('runs.end', { path });
}

/** Moves runs to the bin and offers to bring them back. */
export async function remove(runs: readonly RunSummary[]): Promise<void> {
  const ids: string[] = [];
  const gone: RunSummary[] = [];
  for (const run of runs) {
    const removed = await perform('runs.remove', { path: run.path });
    if (!removed) continue;
    ids.push(removed.id);
    gone.push(run);
  }
  if (ids.length === 0) return;
  const paths = gone.map(({ path }) => path);
  useTrain.setState(({ run, overlaid, removed }) => ({
    run: run !== null && paths.includes(run) ? null : run,
    overlaid: overlaid.filter((path) => !paths.includes(path)),
    removed: [...removed, ...ids],
  }));
  const title = gone.length === 1 ? `Removed ${gone[0]!.name}` : `Removed ${ids.length} runs`;
  showToast({ title, action: { label: 'Undo', onPress: () => void restore(ids) } });
}

/** Brings runs back from the bin, and shows the last of them. */
export async function restore(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const restored = await perform('runs.restore', { id });
    if (!restored) return;
    useTrain.setState(({ removed }) => ({ removed: removed.filter((other) => other !== id) }));
    if (!useTrain.getState().table) showRun(restored.path);
  }
}

/** Writes its report, and offers a copy of it. */
export async function writeReport({ path, name }: RunSummary): Promise<void> {
  const report = await perform('reports.write', { run: path });
  if (!report) return;
  const save = () => saveAs(`${name}.html`, report.html, 'text/html');
  showToast({
    tone: 'success',
    title: `Report written to ${report.path}`,
    action: { label: 'Save a copy', onPress: save },
  });
}

export function play(models: readonly string[], prompt?: string): void {
  intend({ play: { models, ...(prompt !== undefined && { prompt }) } });
  goTo('play');
}

/** Compares models, the first as the baseline. */
export function evaluate(models: readonly string[]): void {
  intend({ evaluate: models });
  goTo('evaluate');
}

/** The models that a run has made, the newest first. */
export const modelsOfRun = (path: string, models: readonly ModelFolder[]): readonly ModelFolder[] =>
  models.filter(({ run }) => run?.path === path).toSorted((a, b) => b.run!.step - a.run!.step);

/** Asks its newest model, beside the one that it began from. */
export async function playWith({ path }: RunSummary): Promise<void> {
  const chosen = await comparedModels(path);
  if (chosen.length > 0) play(chosen.toReversed());
}

export async function evaluateRun({ path }: RunSummary): Promise<void> {
  const chosen = await comparedModels(path);
  if (chosen.length > 0) evaluate(chosen);
}

/** The model that a run began from, where it is still listed, and the newest one that it has made. */
async function comparedModels(path: string): Promise<string[]> {
  try {
    const [models, { models: sources }] = await Promise.all([
      call('models.list', {}),
      call('runs.detail', { path }),
    ]);
    const newest = modelsOfRun(path, models)[0];
    if (newest?.head !== 'language')
      throw new Error('This run has made no model yet: wait for its first checkpoint.');
    const start = models.find(
      ({ path, head }) => head === 'language' && sources.some((source) => source.path === path),
    );
    return [...(start ? [start.path] : []), newest.path];
  } catch (error) {
    showToast({ tone: 'danger', title: error instanceof Error ? error.message : String(error) });
    return [];
  }
}

/** Shows the run that was begun by its work, as soon as it is known; says so where it has to wait. */
export function showBegun(work: string, name: string): void {
  if (useWork.getState().works.some(({ id, state }) => id !== work && state === 'working'))
    showToast({ title: `${name} waits for its turn` });
  const found = () => useWork.getState().works.find(({ id }) => id === work)?.run;
  const path = found();
  if (path) return showRun(path);
  const end = useWork.subscribe(() => {
    const path = found();
    if (!path) return;
    end();
    showRun(path);
  });
}
