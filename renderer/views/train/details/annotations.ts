/** Tags and notes on their way to disk: what was typed is shown until the workbench has the same. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { perform } from '../../../stores/perform.ts';
import { createDraftSaver } from '../../labeling/draft-saver.ts';

interface Annotations {
  readonly tags: readonly string[];
  readonly note: string;
}

/** What was typed here, by run. */
const useTyped = create<Readonly<Record<string, Partial<Annotations>>>>(() => ({}));
const unsent = new Set<string>();
const SAVE_AFTER_MS = 400;

const saver = createDraftSaver<null>(() => {
  for (const path of unsent) void send(path);
  unsent.clear();
}, SAVE_AFTER_MS);

export const flushAnnotations = saver.flush;

/** Shows a change at once, and keeps it soon after. */
export function annotate(path: string, change: Partial<Annotations>): void {
  useTyped.setState((typed) => ({ [path]: { ...typed[path], ...change } }));
  unsent.add(path);
  saver.change(null);
}

async function send(path: string): Promise<void> {
  const typed = useTyped.getState()[path];
  if (typed === undefined) return;
  const { tags, note } = typed;
  const kept = await perform('runs.annotate', {
    path,
    ...(tags && { tags: [...tags] }),
    ...(note !== undefined && { note }),
  });
  // It goes with the next change, or as the person leaves.
  if (!kept) unsent.add(path);
}

/** What was typed for a run, else what the workbench has. */
export function useAnnotations({ path, tags, note }: RunSummary): Annotations {
  const typed = useTyped((state) => state[path]);
  useEffect(() => forgetKept(path, { tags, note }), [path, tags, note]);
  return { tags, note, ...typed };
}

/** What the workbench has by now can be changed elsewhere again. */
function forgetKept(path: string, kept: Annotations): void {
  const { [path]: typed, ...others } = useTyped.getState();
  if (typed === undefined || unsent.has(path)) return;
  if (JSON.stringify({ ...kept, ...typed }) === JSON.stringify(kept)) useTyped.setState(others, true);
}

addEventListener('pagehide', flushAnnotations);
