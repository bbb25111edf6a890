/** What the Train screen looks at: a run, the runs drawn over it, and what of it is shown. */
import { create } from 'zustand';
import type { RunForm } from '../../../core/contract/calls.ts';
import { everyRun, type RunFilter } from './runs/run-filter.ts';
import type { TrainTab } from './train-names.ts';

export { trainTabs, type TrainTab } from './train-names.ts';

/** What a form of a new run begins with; the project suggests the rest. */
export type NewRun = Partial<RunForm> & Pick<RunForm, 'algorithm'>;

interface TrainState {
  /** The folder of the project that all of this is about. */
  readonly project: string | null;
  /** Folder of the run that is shown. */
  readonly run: string | null;
  /** Folders of runs drawn over it, and compared with it. */
  readonly overlaid: readonly string[];
  readonly tab: TrainTab;
  /** The step whose rollouts are shown; null for the newest. */
  readonly step: number | null;
  /** Whether all runs are shown as a table rather than one of them. */
  readonly table: boolean;
  readonly filter: RunFilter;
  readonly newRun: NewRun | null;
  readonly dialog: 'bin' | 'fork' | 'end' | 'export' | null;
  /** Runs in the bin that were removed here, the last one last. */
  readonly removed: readonly string[];
}

const atStart: TrainState = {
  project: null,
  run: null,
  overlaid: [],
  tab: 'charts',
  step: null,
  table: false,
  filter: everyRun,
  newRun: null,
  dialog: null,
  removed: [],
};

export const useTrain = create<TrainState>(() => atStart);

/** Another project has other runs; what was chosen for it before it was shown stays. */
export function keepFor(project: string | null): void {
  const { project: before } = useTrain.getState();
  if (before === project) return;
  useTrain.setState(before === null ? { project } : { ...atStart, project });
}

export const showRun = (run: string | null): void => useTrain.setState({ run, step: null, table: false });
export const showTab = (tab: TrainTab): void => useTrain.setState({ tab, table: false });
export const showTable = (table: boolean): void => useTrain.setState({ table });
export const setFilter = (change: Partial<RunFilter>): void =>
  useTrain.setState(({ filter }) => ({ filter: { ...filter, ...change } }));

export const openNewRun = (newRun: NewRun | null): void => useTrain.setState({ newRun });
export const openDialog = (dialog: TrainState['dialog']): void => useTrain.setState({ dialog });

export const toggleOverlay = (run: string): void =>
  useTrain.setState(({ overlaid }) => ({
    overlaid: overlaid.includes(run) ? overlaid.filter((other) => other !== run) : [...overlaid, run],
  }));

/** Opens the token lens at a step: what a click on a chart does. */
export const showTokens = (run: string, step: number): void =>
  useTrain.setState({ run, step, tab: 'tokens', table: false });
