/**
 * One labeler's way through a queue: the item that is shown, the one after it fetched ahead so that a key press
 * shows it at once, what was submitted on the way, and the way back by undoing it.
 */
import { create } from 'zustand';
import { call, messageOf, onEvent } from '../../stores/connection.ts';
import { undo } from '../../stores/perform.ts';

export type Move = 'next' | 'previous';

interface QueueAt {
  readonly labeler: number;
  /** Of its items, rather than of those that train. */
  readonly evaluation?: number;
  readonly item?: number;
  readonly move?: 'stay' | Move;
}

interface QueueState<Item> {
  readonly labeler: number;
  /** Whose items these are; null for those that train. */
  readonly evaluation: number | null;
  /** The project, the labeler and the evaluation it belongs to. */
  readonly owner: string;
  readonly phase: 'loading' | 'ready' | 'empty' | 'failed';
  readonly item: Item | null;
  /** Why reading failed, in one sentence. */
  readonly error: string;
}

interface Source<Item> {
  readonly part: 'demonstrations' | 'rankings';
  readonly queue: 'demonstrate' | 'rank';
  readonly read: (at: QueueAt) => Promise<Item | null>;
  readonly idOf: (item: Item) => number;
}

interface Made {
  readonly id: number;
  /** The change that was made; undefined where it was refused. */
  readonly change: Promise<number | undefined>;
}

export function createQueue<Item>({ part, queue, read, idOf }: Source<Item>) {
  const use = create<QueueState<Item>>(() => ({
    labeler: 0,
    evaluation: null,
    owner: '',
    phase: 'loading',
    item: null,
    error: '',
  }));
  let ahead: { after: number; item: Item | null } | null = null;
  let made: Made[] = [];
  let turn = 0;
  /** What was shown last, to go back to from the end of the queue. */
  let last: number | null = null;
  /** Done with, but shown until the next one has come. */
  let leaving: number | null = null;

  const currentId = () => {
    const { item } = use.getState();
    return item === null ? null : idOf(item);
  };

  /** The item that is shown; null while it is only shown because the next one has not come. */
  const shown = (): Item | null => (leaving === null ? use.getState().item : null);

  function show(item: Item | null): void {
    ahead = leaving = null;
    last = currentId() ?? last;
    use.setState({ item, phase: item === null ? 'empty' : 'ready', error: '' });
    void fetchAhead();
  }

  /** The queue that reading and undoing is about. */
  const here = () => {
    const { labeler, evaluation } = use.getState();
    return { labeler, ...(evaluation !== null && { evaluation }) };
  };

  async function fetchAhead(): Promise<void> {
    const after = currentId();
    if (after === null) return;
    const item = await read({ ...here(), item: after, move: 'next' }).catch(() => null);
    if (currentId() === after) ahead = { after, item };
  }

  /** Shows what a reading gives, unless the person has gone elsewhere meanwhile. */
  async function follow(reading: () => Promise<Item | null>): Promise<void> {
    const mine = ++turn;
    try {
      const item = await reading();
      if (mine === turn) show(item);
    } catch (error) {
      if (mine === turn) use.setState({ phase: 'failed', error: messageOf(error) });
    }
  }

  const readFirst = () => read(here());
  const goTo = (id: number) => follow(() => read({ ...here(), item: id }));

  /** Starts, or goes on where this labeler stood. */
  function open(project: string, labeler: number, evaluation: number | null = null): void {
    const owner = `${project}\n${labeler}\n${evaluation ?? ''}`;
    const { owner: before, phase } = use.getState();
    if (owner === before && phase === 'ready') return;
    if (owner !== before) {
      made = [];
      last = null;
      use.setState({ labeler, evaluation, owner, item: null, phase: 'loading' });
    }
    void follow(readFirst);
  }

  /** One on or back; at either end it stays and gives false. */
  async function go(move: Move): Promise<boolean> {
    const item = currentId();
    if (item === null) return move === 'previous' && goBack();
    const at = { ...here(), item, move };
    let moved = true;
    await follow(async () => {
      const next = await read(at);
      moved = next !== null;
      return next ?? use.getState().item;
    });
    return moved;
  }

  async function goBack(): Promise<boolean> {
    if (last === null) return false;
    await goTo(last);
    return true;
  }

  /** On to the item after this one, at once where it has come; after the last to the first that waits. */
  function advance(): void {
    const item = currentId();
    turn += 1;
    if (ahead?.item && ahead.after === item) show(ahead.item);
    else if (item !== null) {
      leaving = item;
      void follow(() => readAfter(item));
    }
  }

  async function readAfter(item: number): Promise<Item | null> {
    const next = await read({ ...here(), item, move: 'next' });
    return next ?? readFirst();
  }

  /** Notes what is being made of an item, so that it can be undone; where it is refused, goes back to it. */
  function note(id: number, change: Promise<number | undefined>): void {
    const entry = { id, change };
    const { owner } = use.getState();
    made.push(entry);
    void change.then((number) => {
      if (number !== undefined || owner !== use.getState().owner) return;
      made = made.filter((other) => other !== entry);
      void goTo(id);
    });
  }

  /** What was made last: in this window, or before it was opened. */
  async function lastMade(): Promise<{ id: number; change: number | undefined } | null> {
    const last = made.pop();
    if (last) return { id: last.id, change: await last.change };
    const found = await call('changes.lastLabel', { ...here(), queue }).catch(() => null);
    return found && { id: found.item, change: found.change };
  }

  /** Undoes what was made last and goes back to its item; false where nothing is left to undo. */
  async function undoLast(): Promise<boolean> {
    const last = await lastMade();
    if (last?.change !== undefined && (await undo(last.change))) await goTo(last.id);
    return last !== null;
  }

  onEvent('changed', ({ parts }) => {
    const shown = [part, 'prompts', use.getState().evaluation !== null && 'evaluations'];
    if (!parts.some((changed) => shown.includes(changed))) return;
    if (use.getState().phase === 'empty') void follow(readFirst);
    else void fetchAhead();
  });

  const reload = () => void follow(readFirst);
  return { use, shown, open, go, goTo, advance, note, undoLast, reload };
}
