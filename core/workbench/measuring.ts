/** Reward models on the rankings that they have not learned from. */
import { basename } from 'node:path';
import { ProjectError } from '../contract/errors.ts';
import { reportRewardModel } from '../evaluation/reward-report.ts';
import type { MeasuredItem } from '../evaluation/reward-pairs.ts';
import type { Ceilings, HeldOutItem } from '../project/held-out-rankings.ts';
import type { Project } from '../project/project.ts';
import { requireModel } from './model-folders.ts';
import { nameModels } from './model-names.ts';
import { samePath } from './paths.ts';
import { writeReport } from './reward-reports.ts';
import { isFinished, modelOf } from './run-model.ts';
import { openRun } from './runs.ts';
import { projectOf, type Service } from './service.ts';
import type { ReportOf } from './work/protocol.ts';

/** Measures a reward model on the held-out rankings there are now, and stores what comes of it; the work's id. */
export function queueMeasure(service: Service, model: string): string {
  requireModel(model, 'scalar', 'held-out rankings are scored by');
  const project = projectOf(service);
  const heldOut = project.heldOut();
  if (heldOut.items.length === 0)
    throw new ProjectError(
      'no held-out ranking to measure by: rank prompts of the validation or test split, or hold a labeler out',
    );
  return queue(service, project, model, heldOut);
}

/** A run that made a reward model has it measured, where there is something to measure it by. */
export function measureTrained(service: Service, path: string): void {
  const run = openRun(path);
  const { project } = service.open;
  if (!project || run?.manifest.algorithm !== 'reward-model' || !isFinished(run)) return;
  const heldOut = project.heldOut();
  if (heldOut.items.length > 0) queue(service, project, modelOf(run), heldOut);
}

function queue(
  service: Service,
  project: Project,
  model: string,
  { items, ceilings }: ReturnType<Project['heldOut']>,
): string {
  const underWay = service.queue.find((task) => task.kind === 'measure' && samePath(task.model, model));
  if (underWay !== undefined) return underWay;
  const [named] = nameModels(service, [model]);
  return service.queue.add({
    kind: 'measure',
    title: `Measure ${named?.name ?? basename(model)}`,
    total: items.length,
    task: { kind: 'measure', model, items: items.map(textsOf) },
    onResult: (result) => {
      if (result.type === 'measured') store(service, project, model, measuredItems(items, result), ceilings);
      return Promise.resolve();
    },
  });
}

function store(
  { announcer }: Service,
  project: Project,
  model: string,
  measured: readonly MeasuredItem[],
  ceilings: Ceilings,
): void {
  writeReport(project, reportRewardModel({ model, madeAt: Date.now(), measured, ceilings }));
  announcer.changed('models', 'runs', 'rounds');
}

const textsOf = ({ id, prompt, completions }: HeldOutItem) => ({
  id,
  prompt,
  completions: completions.map(({ text }) => text),
});

/** Those that were scored; the others are too long for the model. */
function measuredItems(
  items: readonly HeldOutItem[],
  { items: scored }: ReportOf<'measured'>,
): MeasuredItem[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return scored.map(({ item, rewards, lengths }) => ({ item: byId.get(item)!, rewards, lengths }));
}
