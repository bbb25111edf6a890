import type { CallArguments, CallOutput } from '../contract/calls.ts';
import type { Labeler } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import type { Change, Changes } from './changes.ts';
import { reportLabelers } from './labeler-report.ts';
import { patched } from './patch.ts';
import { readProperty, writeProperty } from './properties.ts';
import type { Store } from './store.ts';
import { insert, nextVersion, retire } from './versions.ts';

type LabelerRow = Omit<Labeler, 'heldOut' | 'simulated'> & { heldOut: number; simulated: number };
type LabelerFields = Pick<Labeler, 'name'> & Partial<Pick<Labeler, 'heldOut' | 'simulated'>>;

const asLabeler = 'id, name, held_out AS heldOut, simulated, created_at AS createdAt';

export class Labelers {
  readonly #store: Store;
  readonly #changes: Changes;

  constructor(store: Store, changes: Changes) {
    this.#store = store;
    this.#changes = changes;
  }

  list(): Labeler[] {
    return this.#store
      .all<LabelerRow>(`SELECT ${asLabeler} FROM labelers WHERE retired_change IS NULL ORDER BY id`)
      .map(toLabeler);
  }

  /** Throws a `ProjectError` where there is none. */
  require(id: number): Labeler {
    const row = this.#store.get<LabelerRow>(
      `SELECT ${asLabeler} FROM labelers WHERE retired_change IS NULL AND id = ?`,
      id,
    );
    if (row === undefined) throw new ProjectError(`there is no labeler ${id}: choose one of the list`);
    return toLabeler(row);
  }

  add({ name }: CallArguments<'labelers.add'>): Labeler {
    this.#refuseTaken(name);
    let id = 0;
    this.#changes.make({ kind: 'labeler added', payload: { count: 1, name } }, (change) => {
      id = this.insert(change, { name });
    });
    return this.require(id);
  }

  /** As a part of a change; the id that it gets. */
  insert(change: number, { name, heldOut = false, simulated = false }: LabelerFields): number {
    const id = nextVersion(this.#store, 'labelers');
    this.#write(change, { id, name, heldOut, simulated, createdAt: Date.now() });
    return id;
  }

  change({ id, ...fields }: CallArguments<'labelers.change'>): Labeler {
    const before = this.require(id);
    const after = patched(before, fields);
    if (after.name.toLowerCase() !== before.name.toLowerCase()) this.#refuseTaken(after.name);
    const payload = { count: 1, name: before.name, labeler: id, ...fields };
    this.#changes.make({ kind: 'labeler changed', payload }, (change) => {
      retire(this.#store, 'labelers', change, 'id = ?', id);
      this.#write(change, after);
    });
    return after;
  }

  choose({ id }: CallArguments<'labelers.choose'>): Labeler {
    const labeler = this.require(id);
    writeProperty(this.#store, 'labeler', String(id));
    return labeler;
  }

  /** Who was chosen last and is still there. */
  current(): Labeler | null {
    const id = Number(readProperty(this.#store, 'labeler'));
    return this.list().find((labeler) => labeler.id === id) ?? null;
  }

  /** By name, whatever its case. */
  find(name: string): number | undefined {
    const sql = 'SELECT id FROM labelers WHERE retired_change IS NULL AND name = ?';
    return this.#store.column<number>(sql, name)[0];
  }

  /** How much each did, and how far their rankings can be relied on. */
  report(): CallOutput<'labelers.report'> {
    return reportLabelers(this.#store, this.list());
  }

  /** Makes these the screening items, and no others; the owner has ranked each of them. */
  setScreening({ owner, items }: CallArguments<'labelers.setScreening'>): Change {
    const screened = [...new Set(items)];
    for (const item of screened) this.#requireAnswered(item, owner);
    const payload = { count: screened.length, owner };
    return this.#changes.make({ kind: 'screening set', labeler: owner, payload }, (change) => {
      retire(this.#store, 'screening', change, 'true');
      for (const item of screened) insert(this.#store, 'screening', change, { item, owner });
    });
  }

  screening(): CallOutput<'labelers.screening'> {
    const sql = 'SELECT owner, item FROM screening WHERE retired_change IS NULL ORDER BY item';
    const rows = this.#store.all<{ owner: number; item: number }>(sql);
    return rows[0] === undefined ? null : { owner: rows[0].owner, items: rows.map(({ item }) => item) };
  }

  #refuseTaken(name: string): void {
    if (this.find(name) !== undefined)
      throw new ProjectError(`there is a labeler named ${name} already: choose another name`);
  }

  #requireAnswered(item: number, owner: number): void {
    const sql = `SELECT evaluation FROM rankings WHERE item = ? AND labeler = ? AND state = 'submitted' AND retired_change IS NULL`;
    const [evaluation] = this.#store.column<number | null>(sql, item, owner);
    if (evaluation === undefined)
      throw new ProjectError(`item ${item} has no ranking by its owner: rank it before it screens others`);
    if (evaluation !== null)
      throw new ProjectError(`item ${item} is of an evaluation: choose items of the queue to screen others`);
  }

  #write(change: number, { id, name, heldOut, simulated, createdAt }: Labeler): void {
    insert(this.#store, 'labelers', change, {
      id,
      name,
      held_out: Number(heldOut),
      simulated: Number(simulated),
      created_at: createdAt,
    });
  }
}

const toLabeler = (row: LabelerRow): Labeler => ({
  ...row,
  heldOut: row.heldOut === 1,
  simulated: row.simulated === 1,
});
