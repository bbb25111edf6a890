import type { EventData, EventName } from '../contract/events.ts';

export type Emit = <N extends EventName>(event: N, data: EventData<N>) => void;
export type Part = EventData<'changed'>['parts'][number];

/** Least milliseconds between two announcements. */
const PACE = 100;

/** Tells what of a project changed, changes close together as one, with the project's counts as they are then. */
export class Announcer {
  readonly #announce: (parts: Part[]) => void;
  readonly #parts = new Set<Part>();
  #timer: NodeJS.Timeout | undefined;
  #last = 0;

  constructor(announce: (parts: Part[]) => void) {
    this.#announce = announce;
  }

  changed(...parts: readonly Part[]): void {
    for (const part of parts) this.#parts.add(part);
    this.#timer ??= setTimeout(() => this.flush(), Math.max(0, this.#last + PACE - Date.now()));
  }

  /** Announces now what has not been announced yet. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#parts.size === 0) return;
    this.#last = Date.now();
    const parts = [...this.#parts];
    this.#parts.clear();
    this.#announce(parts);
  }
}
