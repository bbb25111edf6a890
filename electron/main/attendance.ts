/** What the desktop does while there is work: shows how far it is, keeps the machine awake, tells when a run ends. */
import type { Work } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';

/** The desktop's side of it. */
export interface Desk {
  /** In the dock or the taskbar: a share, null for work of unknown length, undefined for none. */
  showProgress(share: number | null | undefined): void;
  keepAwake(awake: boolean): void;
  /** Tells the person, who is looking elsewhere. */
  notify(title: string, message: string): void;
  /** Whether the person is looking at the window. */
  isWatched(): boolean;
}

const isUnderWay = ({ state }: Work): boolean => state === 'queued' || state === 'working';

/** Titles of the notification, by how a run ended. */
const endings: Partial<Record<Work['state'], string>> = {
  done: 'The run is finished',
  failed: 'The run has stopped with an error',
};

export class Attendance {
  readonly #desk: Desk;
  readonly #underWay = new Map<string, Work>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Hears of the work from now on; once the connection is lost there is none. */
  follow(connection: Connection): void {
    connection.on('work', (work) => this.#hear(work));
    connection.onClose(() => {
      this.#underWay.clear();
      this.#show();
    });
  }

  #hear(work: Work): void {
    const began = this.#underWay.get(work.id);
    if (isUnderWay(work)) this.#underWay.set(work.id, work);
    else this.#underWay.delete(work.id);
    if (began && !isUnderWay(work)) this.#tell(work);
    this.#show();
  }

  #tell({ kind, state, title, message }: Work): void {
    const ending = endings[state];
    if (kind === 'run' && ending && !this.#desk.isWatched())
      this.#desk.notify(ending, `${title}: ${message}`);
  }

  #show(): void {
    const [current] = [...this.#underWay.values()].filter(({ state }) => state === 'working');
    this.#desk.keepAwake(current !== undefined);
    if (!current) this.#desk.showProgress(undefined);
    else this.#desk.showProgress(current.total > 0 ? current.done / current.total : null);
  }
}
