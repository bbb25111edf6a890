import type { CallArguments, Round } from '../contract/calls.ts';
import { ProjectError } from '../contract/errors.ts';
import type { Change, Changes } from './changes.ts';
import type { Store } from './store.ts';
import { insert, nextVersion, retire } from './versions.ts';

/** A round, without the runs that belong to it. */
export type StoredRound = Omit<Round, 'rewardModel' | 'accuracy' | 'ppo'>;

type RoundFields = Pick<Round, 'id' | 'policy' | 'note' | 'startedAt'>;

interface RoundRow extends Omit<StoredRound, 'number' | 'policy'> {
  readonly path: string;
  readonly name: string;
}

const columns = `id, policy AS path, policy_name AS name, note, started_at AS startedAt,
  (SELECT count(*) FROM ranking_items WHERE retired_change IS NULL AND round = rounds.id) AS items,
  (SELECT count(*) FROM ranking_items
   WHERE retired_change IS NULL AND round = rounds.id AND answers > 0) AS ranked`;

/** Rounds of feedback: what was sampled of a policy, and what was learned from it. */
export class Rounds {
  readonly #store: Store;
  readonly #changes: Changes;

  constructor(store: Store, changes: Changes) {
    this.#store = store;
    this.#changes = changes;
  }

  /** In their order. */
  list(): StoredRound[] {
    const sql = `SELECT ${columns} FROM rounds WHERE retired_change IS NULL ORDER BY id`;
    return this.#store.all<RoundRow>(sql).map(({ path, name, ...row }, i) => ({
      ...row,
      number: i + 1,
      policy: { path, name },
    }));
  }

  /** Throws a `ProjectError` where there is none. */
  require(id: number): StoredRound {
    const round = this.list().find((each) => each.id === id);
    if (round === undefined) throw new ProjectError(`there is no round ${id}: choose one of the list`);
    return round;
  }

  start(policy: Round['policy']): StoredRound {
    const id = nextVersion(this.#store, 'rounds');
    this.#changes.make({ kind: 'round started', payload: { count: 1 } }, (change) => {
      this.#write(change, { id, policy, note: '', startedAt: Date.now() });
    });
    return this.require(id);
  }

  annotate({ id, note }: CallArguments<'rounds.annotate'>): Change {
    const round = this.require(id);
    return this.#changes.make({ kind: 'round annotated', payload: { count: 1, round: id } }, (change) => {
      retire(this.#store, 'rounds', change, 'id = ?', id);
      this.#write(change, { ...round, note });
    });
  }

  /** What was sampled in it stays, and what was said of that. */
  remove({ id }: CallArguments<'rounds.remove'>): Change {
    this.require(id);
    return this.#changes.make({ kind: 'round removed', payload: { count: 1, round: id } }, (change) => {
      retire(this.#store, 'rounds', change, 'id = ?', id);
    });
  }

  #write(change: number, { id, policy, note, startedAt }: RoundFields): void {
    insert(this.#store, 'rounds', change, {
      id,
      policy: policy.path,
      policy_name: policy.name,
      note,
      started_at: startedAt,
    });
  }
}
