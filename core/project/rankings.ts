import { RankingDraft, type CallArguments, type CallOutput, type Settings } from '../contract/calls.ts';
import { Origin, type QueueCounts } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import { Answers } from './answers.ts';
import type { Change, Changes } from './changes.ts';
import { countItems, itemToJudge } from './evaluation-queue.ts';
import type { Labelers } from './labelers.ts';
import type { Prompts } from './prompts.ts';
import { rankingAsDraft } from './ranking-draft.ts';
import {
  blindOrder,
  type NewCompletion,
  type NewRankingItem,
  type RankingItemRow,
  type RankingItems,
  type WaitingItem,
} from './ranking-items.ts';
import { countPending, itemToRank } from './ranking-queue.ts';
import type { Store } from './store.ts';

type Labeling = Settings['labeling'];
type Asked = CallArguments<'rank.item'>;
type Ordering = Pick<Labeling, 'overlap' | 'order'>;
type Submission = CallArguments<'rank.submit'>;

/** Completions of one prompt from elsewhere. */
interface Exchange {
  readonly prompt: string;
  readonly completions: readonly NewCompletion[];
}

/** The queue of items to rank: shown blind, each labeler seeing an order of their own. */
export class Rankings {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #prompts: Prompts;
  readonly #labelers: Labelers;
  readonly #items: RankingItems;
  readonly #answers: Answers;

  constructor(store: Store, changes: Changes, prompts: Prompts, labelers: Labelers, items: RankingItems) {
    this.#store = store;
    this.#changes = changes;
    this.#prompts = prompts;
    this.#labelers = labelers;
    this.#items = items;
    this.#answers = new Answers(store, changes, 'rank');
  }

  /** Queues completions to be ranked. */
  add(items: readonly NewRankingItem[], of: { readonly round?: number } = {}): Change {
    for (const { prompt } of items) this.#prompts.require(prompt);
    const payload = { count: items.length, ...of };
    return this.#changes.make({ kind: 'items queued', payload }, (change) => {
      this.#items.insertAll(change, items, of);
    });
  }

  /** Queues completions from elsewhere to be ranked together; the prompt is added where it is new. */
  addExchange({ prompt: text, completions }: Exchange): Change & { item: number } {
    let item = 0;
    const change = this.#changes.make({ kind: 'exchange queued', payload: { count: 1 } }, (made) => {
      const prompt = this.#prompts.findOrInsert(made, text);
      item = this.#items.insertAll(made, [{ prompt, completions }])[0]!.id;
    });
    return { ...change, item };
  }

  /** What nobody has answered yet, with the texts that a reward model scores. */
  waiting(): WaitingItem[] {
    return this.#items.waiting();
  }

  /** The larger it is, the sooner an item comes in the order by uncertainty. */
  setUncertainty(scores: readonly { readonly item: number; readonly uncertainty: number }[]): void {
    this.#items.setUncertainty(scores);
  }

  /** Null at either end of the queue. With an evaluation, of its items; without, never of one's. */
  item(asked: Asked, ordering: Ordering): CallOutput<'rank.item'> {
    this.#labelers.require(asked.labeler);
    const id = this.#place(asked, ordering);
    const row = id === undefined ? undefined : this.#items.get(id);
    return row?.evaluation === (asked.evaluation ?? null) ? this.#show(row, asked.labeler) : null;
  }

  /** A labeler judges every item of an evaluation, whatever others have done. */
  counts(
    { labeler, evaluation }: CallArguments<'rank.counts'>,
    { overlap }: Pick<Labeling, 'overlap'>,
  ): QueueCounts {
    const done = this.#answers.counts(labeler, evaluation);
    if (evaluation === undefined)
      return { pending: countPending(this.#store, { labeler, overlap }), ...done };
    const { draft, submitted, skipped } = done;
    return { pending: countItems(this.#store, evaluation) - draft - submitted - skipped, ...done };
  }

  saveDraft({ labeler, item, draft }: CallArguments<'rank.saveDraft'>): void {
    this.#check(labeler, item);
    const empty = Object.keys(draft.ratings).length === 0 && Object.keys(draft.ranks).length === 0;
    this.#answers.saveDraft({ labeler, item }, empty ? null : JSON.stringify(draft));
  }

  /** `reask` is the share of submissions that their labeler is silently asked once more. */
  submit(submission: Submission, { reask }: Pick<Labeling, 'reask'>): Change {
    const { labeler, item, verdict, answer, shownOrder, seed, effort } = submission;
    const row = this.#check(labeler, item);
    this.#checkAnswer(submission, row);
    const ranks = verdict === 'ranked' ? answer.ranks : Object.fromEntries(shownOrder.map((id) => [id, 1]));
    const stored = {
      verdict,
      ranks: JSON.stringify(ranks),
      ratings: JSON.stringify(answer.ratings),
      shown_order: JSON.stringify(shownOrder),
      seed,
      evaluation: row.evaluation,
    };
    return this.#answers.submit({ labeler, item }, effort, stored, (change) => {
      this.#items.askAgain(change, row, labeler, reask);
    });
  }

  skip({ labeler, item, reason, effort }: CallArguments<'rank.skip'>): Change {
    const { evaluation } = this.#check(labeler, item);
    return this.#answers.skip({ labeler, item }, effort, { reason, evaluation });
  }

  flag({ labeler, item, reason }: CallArguments<'rank.flag'>): Change {
    this.#check(labeler, item);
    return this.#answers.flag({ labeler, item }, reason);
  }

  /** Where the completions come from: told only to who has submitted. */
  reveal({ item, labeler }: CallArguments<'rank.reveal'>): CallOutput<'rank.reveal'> {
    const row = this.#check(labeler, item);
    if (this.#answers.standing({ labeler, item }).status !== 'submitted')
      throw new ProjectError(
        `item ${item} is ranked blind: submit it to see where its completions come from`,
      );
    return this.#items
      .completions(row)
      .map(({ id, origin }) => ({ id, origin: Origin.parse(JSON.parse(origin)) }));
  }

  /** Rankings that hold, silent re-asks and evaluations aside. */
  count(): number {
    return this.#store.value<number>(
      `SELECT (SELECT count(*) FROM rankings
                WHERE retired_change IS NULL AND evaluation IS NULL AND state = 'submitted')
         - (SELECT count(*) FROM ranking_items
            WHERE retired_change IS NULL AND labeler IS NOT NULL AND answers > 0)`,
    );
  }

  #place({ labeler, item, move, evaluation }: Asked, { overlap, order }: Ordering): number | undefined {
    if (item !== undefined && move === 'stay') return item;
    const which = item === undefined || move === 'stay' ? 'first' : move;
    const asked = { labeler, item: item ?? null };
    if (evaluation !== undefined) return itemToJudge(this.#store, which, { ...asked, evaluation });
    return itemToRank(this.#store, which, { ...asked, overlap }, order);
  }

  #show(row: RankingItemRow, labeler: number): CallOutput<'rank.item'> {
    const prompt = this.#prompts.get(row.prompt);
    if (prompt === undefined) return null;
    const seed = this.#items.seedFor(row.id, labeler);
    const { draft, ...standing } = this.#answers.standing({ labeler, item: row.id });
    return {
      id: row.id,
      prompt,
      candidates: blindOrder(this.#items.completions(row), seed).map(({ id, text }) => ({ id, text })),
      seed,
      draft: draft === null ? null : RankingDraft.parse(JSON.parse(draft)),
      ...standing,
      submitted: this.#submitted(row.id, labeler),
    };
  }

  #submitted(item: number, labeler: number): RankingDraft | null {
    const [answer] = this.#store.column<string>(
      `SELECT ${rankingAsDraft} FROM rankings
       WHERE item = ? AND labeler = ? AND state = 'submitted' AND retired_change IS NULL`,
      item,
      labeler,
    );
    return answer === undefined ? null : RankingDraft.parse(JSON.parse(answer));
  }

  #check(labeler: number, item: number): RankingItemRow {
    this.#labelers.require(labeler);
    const row = this.#items.get(item);
    if (row === undefined) throw new ProjectError(`item ${item} was removed: go on with the next`);
    return row;
  }

  #checkAnswer({ labeler, item, verdict, answer, shownOrder, seed }: Submission, row: RankingItemRow): void {
    const ids = this.#items.completions(row).map(({ id }) => id);
    if (seed !== this.#items.seedFor(item, labeler) || !equal(shownOrder, blindOrder(ids, seed)))
      throw new ProjectError(`item ${item} was shown in another order than its seed gives: load it again`);
    const strange = [...Object.keys(answer.ranks), ...Object.keys(answer.ratings)].find(
      (id) => !ids.includes(Number(id)),
    );
    if (strange !== undefined)
      throw new ProjectError(`item ${item} has no completion ${strange}: load it again`);
    if (verdict === 'ranked' && Object.keys(answer.ranks).length < 2)
      throw new ProjectError(`item ${item} has fewer than two ranks: rank more, or skip it with a reason`);
    if (verdict === 'bothBad' && ids.length !== 2)
      throw new ProjectError(`item ${item} has ${ids.length} completions: "both bad" is for two; rank them`);
  }
}

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
