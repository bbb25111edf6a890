/** A task as the trainer performs it, here in the test's own process. */
import type { Engine } from '../../../../core/engine/engine.ts';
import type { SimulatedLabelers } from '../../../../core/evaluation/simulated-labelers.ts';
import { plainMeans } from '../../../../core/workbench/job-memory.ts';
import { LoadedModels } from '../../../../core/workbench/work/loaded-models.ts';
import { Report, type Task } from '../../../../core/workbench/work/protocol.ts';
import { perform } from '../../../../core/workbench/work/tasks.ts';

export const nobody: SimulatedLabelers = { names: [], gold: () => undefined, rank: () => undefined };

export interface Performed {
  /** As the backend would read them. */
  readonly reports: readonly Report[];
  readonly message: string;
}

interface Circumstances {
  readonly models?: LoadedModels;
  readonly simulated?: SimulatedLabelers;
  readonly signal?: AbortSignal;
  readonly onReport?: (report: Report) => void;
}

export async function performHere(
  engine: Engine,
  task: Task,
  { models = new LoadedModels(engine), simulated = nobody, ...others }: Circumstances = {},
): Promise<Performed> {
  const reports: Report[] = [];
  const { signal = new AbortController().signal, onReport } = others;
  const tell = (report: Report) => {
    reports.push(Report.parse(report));
    onReport?.(report);
  };
  const message = await perform(task, { engine, signal, tell, simulated, models, memory: plainMeans });
  return { reports, message };
}

type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>;

export const ofType = <T extends Report['type']>(reports: readonly Report[], type: T): ReportOf<T>[] =>
  reports.filter((report): report is ReportOf<T> => report.type === type);
