import { randomUUID } from 'node:crypto';
import type { Work } from '../../contract/calls.ts';

/** Least milliseconds between two reports of progress on one piece of work. */
const PACE = 50;

export type NewWork = Pick<Work, 'kind' | 'title' | 'total'> & Partial<Pick<Work, 'id' | 'run'>>;

/** All work since the workbench began, under way or over; every change is told, progress at a bearable pace. */
export class WorkBoard {
  readonly #tell: (work: Work) => void;
  readonly #works = new Map<string, Work>();
  readonly #toldAt = new Map<string, number>();

  constructor(tell: (work: Work) => void) {
    this.#tell = tell;
  }

  /** The newest first. */
  list(): Work[] {
    return [...this.#works.values()].reverse();
  }

  get(id: string): Work | undefined {
    return this.#works.get(id);
  }

  isWorking(): boolean {
    return this.list().some(({ state }) => isUnderWay(state));
  }

  /** Adds a piece of work that waits for its turn, and returns its id. */
  add({ kind, title, total, run = null, id = randomUUID() }: NewWork): string {
    const [state, message] = ['queued', 'waits for the work before it'] as const;
    const [resumable, startedAt] = [false, Date.now()];
    this.#put({ id, kind, title, state, done: 0, total, message, run, resumable, startedAt });
    return id;
  }

  progress(id: string, made: Pick<Work, 'done' | 'total' | 'message'>): void {
    const work = { ...this.#works.get(id)!, ...made };
    this.#works.set(id, work);
    if (Date.now() - (this.#toldAt.get(id) ?? 0) >= PACE) this.#put(work);
  }

  /** Changes more than progress, and tells of it at once. */
  change(id: string, changes: Partial<Omit<Work, 'id'>>): void {
    this.#put({ ...this.#works.get(id)!, ...changes });
  }

  #put(work: Work): void {
    this.#works.set(work.id, work);
    this.#toldAt.set(work.id, Date.now());
    this.#tell(work);
  }
}

export const isUnderWay = (state: Work['state']): boolean => state === 'queued' || state === 'working';
