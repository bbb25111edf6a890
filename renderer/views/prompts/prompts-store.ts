/** What the Prompts screen shows and where the person is in it; kept while another screen is shown. */
import { create } from 'zustand';
import type { CallInput } from '../../../core/contract/calls.ts';
import type { Prompt, PromptFilter } from '../../../core/contract/entities.ts';
import { nothingSelected, type RowSelection } from '../../components/row-selection.ts';
import { openToast, showToast } from '../../components/toasts.tsx';
import type { Sort } from '../../components/virtual-table.tsx';
import { call } from '../../stores/connection.ts';
import { perform, undo } from '../../stores/perform.ts';
import { counted } from './names.ts';
import { idsAt } from './selected-ids.ts';

export type SortBy = NonNullable<CallInput<'prompts.page'>['sort']>['by'];
export type Panel =
  | { readonly name: 'add' }
  | { readonly name: 'few-shot' }
  | { readonly name: 'edit'; readonly prompt: Prompt };
export type DialogId =
  'import' | 'export' | 'exact' | 'prefix' | 'personal-data' | 'author-limit' | 'split-by-author';

interface PromptsState {
  /** The folder of the project that all of this is about. */
  readonly project: string | null;
  readonly filter: PromptFilter;
  readonly sort: Sort<SortBy>;
  /** The row that the keyboard is at. */
  readonly current: number;
  readonly selection: RowSelection;
  readonly panel: Panel | null;
  /** What is written in the panel is not saved. */
  readonly unsaved: boolean;
  /** Where the person wants to go, should they give up what is not saved. */
  readonly wanted: { readonly panel: Panel | null } | null;
  readonly dialog: DialogId | null;
  /** Changes made here that can be undone, the last one last. */
  readonly changes: readonly Change[];
}

interface Change {
  readonly id: number;
  /** Takes away the toast that offers to undo it. */
  readonly dismiss: () => void;
}

const atStart: PromptsState = {
  project: null,
  filter: {},
  sort: { by: 'id', descending: false },
  current: 0,
  selection: nothingSelected,
  panel: null,
  unsaved: false,
  wanted: null,
  dialog: null,
  changes: [],
};

export const usePrompts = create<PromptsState>(() => atStart);
const { getState: get, setState: set } = usePrompts;

/** Another project has other prompts: all begins anew. */
export function keepFor(project: string | null): void {
  if (get().project !== project) set({ ...atStart, project });
}

export const setFilter = (filter: PromptFilter): void =>
  set({ filter, current: 0, selection: nothingSelected });
export const setSort = (sort: Sort<SortBy>): void => set({ sort, selection: nothingSelected });
export const setCurrent = (current: number): void => set({ current });
export const select = (selection: RowSelection): void => set({ selection });
export const openDialog = (dialog: DialogId | null): void => set({ dialog });

/** Opens a panel, or closes it with null; asks first where something in it is not saved. */
export function showPanel(panel: Panel | null): void {
  if (get().unsaved) set({ wanted: { panel } });
  else set({ panel });
}

export const setUnsaved = (unsaved: boolean): void => set({ unsaved });
export const stayInPanel = (): void => set({ wanted: null });
export const leavePanel = (): void =>
  set(({ wanted }) => ({ panel: wanted?.panel ?? null, unsaved: false, wanted: null }));

/** Rows as the table shows them now. */
export async function loadRows(offset: number, limit: number): Promise<readonly Prompt[]> {
  const { filter, sort } = get();
  return (await call('prompts.page', { filter, sort, offset, limit })).rows;
}

/** Says that a change was made and how to undo it. */
export function changeMade(change: number, title: string): void {
  const dismiss = openToast({ title, action: { label: 'Undo', onPress: () => void undoChange(change) } });
  set(({ changes }) => ({ changes: [...changes, { id: change, dismiss }] }));
}

export async function undoChange(id: number): Promise<void> {
  if (!(await undo(id))) return;
  const { changes } = get();
  changes.find((change) => change.id === id)?.dismiss();
  set({ changes: changes.filter((change) => change.id !== id) });
}

/** Removes prompts and offers to undo it. */
export async function removePrompts(what: CallInput<'prompts.remove'>): Promise<boolean> {
  const removed = await perform('prompts.remove', what);
  if (!removed) return false;
  changeMade(removed.change, `Deleted ${counted(removed.count, 'prompt')}`);
  return true;
}

/** Removes what is selected, or the row that the keyboard is at. */
export async function removeSelected(total: number): Promise<void> {
  const { selection, current, filter } = get();
  const ranges = selection.ranges.length > 0 ? selection.ranges : [{ from: current, to: current }];
  const [first] = ranges;
  const everything = ranges.length === 1 && first?.from === 0 && first.to === total - 1 && total > 1;
  const what = everything ? { filter } : await idsToRemove(ranges);
  if (what && (await removePrompts(what))) set({ selection: nothingSelected });
}

async function idsToRemove(ranges: RowSelection['ranges']): Promise<{ ids: number[] } | null> {
  const ids = await idsAt(ranges, loadRows).catch((error: unknown) => {
    showToast({ tone: 'danger', title: error instanceof Error ? error.message : String(error) });
    return [];
  });
  return ids.length > 0 ? { ids } : null;
}
