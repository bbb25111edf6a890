import { RankingDraft, type CallArguments, type CallOutput, type Settings } from '../contract/calls.ts';
import { Origin, type QueueCounts } from '../contract/entities.ts';
import { ProjectError } from '../contract/errors.ts';
import { randomStream } from '../data/random.ts';
import { Answers } from './answers.ts';
import type { Change, Changes } from './changes.ts';
import type { Labelers } from './labelers.ts';
import type { Prompts } from './prompts.ts';
import { rankingAsDraft } from './ranking-draft.ts';
import type { NewRankingItem, RankingItemRow, RankingItems, WaitingItem } from './ranking-items.ts';
import { countPending, firstItem, itemBeside } from './ranking-queue.ts';
import type { Store } from './store.ts';

type Labeling = Settings['labeling'];
type Submission = CallArguments<'rank.submit'>;

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
  add(items: readonly NewRankingItem[]): Change {
    for (const { prompt } of items) this.#prompts.require(prompt);
    return this.#changes.make({ kind: 'items queued', payload: { count: items.length } }, (change) => {
      this.#items.insertAll(change, items);
    });
  }

  /** What nobody has answered yet, with the texts that a reward model scores. */
  waiting(): WaitingItem[] {
    return this.#items.waiting();
  }

  /** The larger it is, the sooner an item comes in the order by uncertainty. */
  setUncertainty(scores: readonly { readonly item: number; readonly uncertainty: number }[]): void {
    this.#items.setUncertainty(scores);
  }

  /** Null at either end of the queue. */
  item(
    { labeler, item, move }: CallArguments<'rank.item'>,
    { overlap, order }: Pick<Labeling, 'overlap' | 'order'>,
  ): CallOutput<'rank.item'> {
    this.#labelers.require(labeler);
    const asked = { labeler, overlap };
    if (item === undefined) return this.#show(firstItem(this.#store, asked, order), labeler);
    if (move === 'stay') return this.#show(item, labeler);
    return this.#show(itemBeside(this.#store, { ...asked, item }, order, move), labeler);
  }

  counts({ labeler }: CallArguments<'rank.counts'>, { overlap }: Pick<Labeling, 'overlap'>): QueueCounts {
    const pending = countPending(this.#store, { labeler, overlap });
    return { pending, ...this.#answers.counts(labeler) };
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
    };
    return this.#answers.submit({ labeler, item }, effort, stored, (change) => {
      this.#items.askAgain(change, row, labeler, reask);
    });
  }

  skip({ labeler, item, reason, effort }: CallArguments<'rank.skip'>): Change {
    this.#check(labeler, item);
    return this.#answers.skip({ labeler, item }, effort, reason);
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

  /** Rankings that hold, silent re-asks aside. */
  count(): number {
    return this.#store.value<number>(
      `SELECT (SELECT count(*) FROM rankings WHERE retired_change IS NULL AND state = 'submitted')
         - (SELECT count(*) FROM ranking_items
            WHERE retired_change IS NULL AND labeler IS NOT NULL AND answers > 0)`,
    );
  }

  #show(id: number | undefined, labeler: number): CallOutput<'rank.item'> {
    const row = id === undefined ? undefined : this.#items.get(id);
    const prompt = row === undefined ? undefined : this.#prompts.get(row.prompt);
    if (row === undefined || prompt === undefined) return null;
    const seed = this.#items.seedFor(row.id, labeler);
    const { draft, ...standing } = this.#answers.standing({ labeler, item: row.id });
    return {
      id: row.id,
      prompt,
      candidates: shuffled(this.#items.completions(row), seed).map(({ id, text }) => ({ id, text })),
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
    if (seed !== this.#items.seedFor(item, labeler) || !equal(shownOrder, shuffled(ids, seed)))
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

/** The blind order: of what comes by id, by the seed that is stored with the label. */
const shuffled = <T>(byId: readonly T[], seed: number): T[] => randomStream(seed, 'candidates').shuffle(byId);

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
