/** Long work in the workbench, with its history, and the last crash of the trainer. */
import { create } from 'zustand';
import type { Work } from '../../core/contract/calls.ts';
import { onEvent, useConnection } from './connection.ts';
import { perform } from './perform.ts';

interface WorkState {
  /** Newest first. */
  readonly works: readonly Work[];
  /** Why the trainer died, until the person has seen it. */
  readonly crash: string | null;
}

export const useWork = create<WorkState>(() => ({ works: [], crash: null }));

export const isUnderWay = ({ state }: Work): boolean => state === 'queued' || state === 'working';

/** One work as it stands now. */
export const useWorkById = (id: string | null): Work | undefined =>
  useWork(({ works }) => works.find((work) => work.id === id));

export function followWork(): void {
  onEvent('work', (work) => useWork.setState(({ works }) => ({ works: withWork(works, work) })));
  onEvent('trainerCrashed', ({ reason }) => useWork.setState({ crash: reason }));
  useConnection.subscribe((now, before) => {
    if (now.connection && now.connection !== before.connection) void readWork();
  });
}

async function readWork(): Promise<void> {
  const works = await perform('work.list', {});
  if (works) useWork.setState({ works: works.toSorted((a, b) => b.startedAt - a.startedAt) });
}

function withWork(works: readonly Work[], work: Work): readonly Work[] {
  const known = works.some(({ id }) => id === work.id);
  return known ? works.map((other) => (other.id === work.id ? work : other)) : [work, ...works];
}

export const stopWork = (id: string): void => void perform('work.stop', { id });
export const dismissCrash = (): void => useWork.setState({ crash: null });
