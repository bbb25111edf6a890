import type { RunSummary } from '../../../core/contract/calls.ts';
import { defineCommands, useCommands, type Handler } from '../../shortcuts/commands.ts';
import { isBusy, runActions } from './run/action-table.ts';
import { remove, restore } from './run/actions.ts';
import { nextStage } from './runs/run-filter.ts';
import { hasTab, tabNames, trainTabs, type TrainTab } from './train-names.ts';
import { openDialog, openNewRun, showRun, showTab, showTable, useTrain } from './train-store.ts';

const tabCommand = (tab: TrainTab): string => `train.tab.${tab}`;

defineCommands('train', {
  'train.new': { title: 'New run', key: 'KeyN' },
  'train.pause': { title: 'Pause or resume the run', key: 'KeyP' },
  'train.next': { title: 'Next run', key: 'KeyJ' },
  'train.previous': { title: 'Previous run', key: 'KeyK' },
  'train.search': { title: 'Search runs', key: '/' },
  'train.table': { title: 'Show runs as a table, or one of them', key: 'KeyT' },
  'train.fork': { title: 'Fork the run from a step', key: 'KeyF' },
  'train.end': { title: 'Stop the run here for good', key: null },
  'train.play': { title: 'Play with the run', key: null },
  'train.evaluate': { title: 'Evaluate the run', key: null },
  'train.export': { title: 'Export the model of the run', key: null },
  'train.writeReport': { title: 'Write a report of the run', key: 'KeyR' },
  'train.remove': { title: 'Remove the run', key: 'Delete' },
  'train.undo': { title: 'Undo the last removal of runs', key: 'Mod+KeyZ' },
  'train.bin': { title: 'Show removed runs', key: null },
});
defineCommands(
  'train',
  Object.fromEntries(
    trainTabs.map((tab, i) => [tabCommand(tab), { title: `Show ${tabNames[tab]}`, key: `Digit${i + 1}` }]),
  ),
);

interface TrainCommands {
  readonly runs: readonly RunSummary[];
  /** Those that the filter leaves. */
  readonly listed: readonly RunSummary[];
  /** The one that is shown. */
  readonly current: RunSummary | undefined;
  readonly onSearch: () => void;
}

export function useTrainCommands({ runs, listed, current, onSearch }: TrainCommands): void {
  const lastRemoved = useTrain((state) => state.removed.at(-1));
  const table = useTrain((state) => state.table);
  // In the table, what acts on a run acts on what is selected there.
  const shown = table ? undefined : current;
  useCommands({
    'train.new': () => openNewRun({ algorithm: nextStage(runs) }),
    'train.search': current ? onSearch : null,
    'train.table': current ? () => showTable(!table) : null,
    'train.bin': () => openDialog('bin'),
    'train.undo': lastRemoved === undefined ? null : () => void restore([lastRemoved]),
    'train.next': shown ? () => stepTo(listed, shown, 1) : null,
    'train.previous': shown ? () => stepTo(listed, shown, -1) : null,
    ...(shown ? handlersOf(shown) : {}),
  });
}

/** What its buttons do, its tabs, and its removal. */
const handlersOf = (run: RunSummary): Record<string, Handler | null> => ({
  ...Object.fromEntries(runActions.map(({ command }) => [command, null])),
  ...Object.fromEntries(
    runActions.filter(({ when }) => when(run)).map(({ command, act }) => [command, () => act(run)]),
  ),
  ...Object.fromEntries(
    trainTabs.map((tab) => [tabCommand(tab), hasTab(tab, run.algorithm) ? () => showTab(tab) : null]),
  ),
  'train.remove': isBusy(run) ? null : () => void remove([run]),
});

function stepTo(runs: readonly RunSummary[], from: RunSummary, by: number): void {
  const at = runs.findIndex(({ path }) => path === from.path);
  const next = runs[at < 0 ? 0 : at + by];
  if (next) showRun(next.path);
}
