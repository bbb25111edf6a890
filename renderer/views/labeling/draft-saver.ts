/** Keeps the latest draft of one item on its way to disk: soon after a change, at once when asked. */
interface DraftSaver<T> {
  readonly change: (draft: T) => void;
  /** Sends what waits. */
  readonly flush: () => void;
}

const DRAFT_DELAY_MS = 120;

export function createDraftSaver<T>(save: (draft: T) => void, delayMs = DRAFT_DELAY_MS): DraftSaver<T> {
  let waiting: { draft: T } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const last = waiting;
    waiting = null;
    if (last) save(last.draft);
  };
  return {
    change: (draft) => {
      waiting = { draft };
      timer ??= setTimeout(flush, delayMs);
    },
    flush,
  };
}
