/** What a reward model is measured on: rankings that it has not learned from. */
import type { Split, UseCase } from '../contract/entities.ts';
import { compareRanks, type Agreement, type Ranks } from '../data/agreement.ts';
import type { Store } from './store.ts';

export interface HeldOutRanking {
  readonly labeler: string;
  readonly heldOut: boolean;
  /** By the id of the completion. */
  readonly ranks: Ranks;
  /** Likert scale, 1 to 7, of those that were rated. */
  readonly ratings: Readonly<Record<string, number>>;
}

/** Completions of one prompt, and who ranked them. */
export interface HeldOutItem {
  readonly id: number;
  readonly promptId: number;
  readonly prompt: string;
  readonly useCase: UseCase | null;
  readonly split: Split;
  readonly completions: readonly { readonly id: string; readonly text: string }[];
  readonly rankings: readonly HeldOutRanking[];
}

interface Row extends Pick<HeldOutItem, 'id' | 'promptId' | 'prompt' | 'useCase' | 'split'> {
  readonly labeler: string;
  readonly heldOut: number;
  readonly ranks: string;
  readonly ratings: string | null;
  readonly completions: string;
}

/**
 * The rankings of prompts that train nothing, by everybody, and those of held-out labelers on any prompt; of no
 * evaluation, and no silent re-asks. One item has all the rankings of its completions.
 */
export function heldOutItems(store: Store): HeldOutItem[] {
  const rows = store.all<Row>(
    `SELECT items.id, prompts.id AS promptId, prompt_texts.text AS prompt, use_case AS useCase, split,
       labelers.name AS labeler, labelers.held_out AS heldOut, ranks, ratings,
       (SELECT json_group_object(id, text) FROM completions WHERE item = items.id) AS completions
     FROM rankings
     JOIN ranking_items AS items ON items.id = rankings.item AND items.retired_change IS NULL
       AND items.reask_of IS NULL AND items.evaluation IS NULL
     JOIN prompts ON prompts.id = items.prompt AND prompts.retired_change IS NULL
     JOIN prompt_texts ON prompt_texts.id = prompts.text_id
     JOIN labelers ON labelers.id = rankings.labeler AND labelers.retired_change IS NULL
     WHERE rankings.retired_change IS NULL AND state = 'submitted'
       AND (split <> 'train' OR labelers.held_out = 1)
     ORDER BY items.id, labelers.id`,
  );
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((group) => itemOf(group[0]!, group));
}

function itemOf(
  { id, promptId, prompt, useCase, split, completions }: Row,
  rows: readonly Row[],
): HeldOutItem {
  const texts = JSON.parse(completions) as Record<string, string>;
  return {
    ...{ id, promptId, prompt, useCase, split },
    completions: Object.entries(texts).map(([completion, text]) => ({ id: completion, text })),
    rankings: rows.map(({ labeler, heldOut, ranks, ratings }) => ({
      labeler,
      heldOut: heldOut === 1,
      ranks: JSON.parse(ranks) as Ranks,
      ratings: overallOf(ratings),
    })),
  };
}

function overallOf(ratings: string | null): Record<string, number> {
  const given = JSON.parse(ratings ?? '{}') as Record<string, { readonly overall?: number }>;
  return Object.fromEntries(
    Object.entries(given).flatMap(([id, { overall }]) => (overall === undefined ? [] : [[id, overall]])),
  );
}

/** How often labelers agree with one another, and with themselves on silent re-asks: one comparison an item. */
export interface Ceilings {
  readonly labelers: readonly Agreement[];
  readonly selves: readonly Agreement[];
}

const submitted = (name: string): string => `${name}.retired_change IS NULL AND ${name}.state = 'submitted'`;
const compared = `items.id AS item, ours.ranks AS ours, theirs.ranks AS theirs FROM rankings AS ours
  JOIN ranking_items AS items ON items.id = ours.item AND items.retired_change IS NULL AND items.evaluation IS NULL`;

/** Of all labels of the project that are of no evaluation: agreement does not depend on what a model learned. */
export const ceilingsOf = (store: Store): Ceilings => ({
  labelers: agreements(
    store,
    `SELECT ${compared} AND items.reask_of IS NULL
     JOIN rankings AS theirs ON theirs.item = ours.item AND theirs.labeler > ours.labeler AND ${submitted('theirs')}
     WHERE ${submitted('ours')}`,
  ),
  selves: agreements(
    store,
    `SELECT ${compared} AND items.reask_of IS NOT NULL
     JOIN rankings AS theirs ON theirs.item = items.reask_of AND theirs.labeler = ours.labeler AND ${submitted('theirs')}
     WHERE ${submitted('ours')}`,
  ),
});

function agreements(store: Store, sql: string): Agreement[] {
  const rows = store.all<{ item: number; ours: string; theirs: string }>(sql);
  const read = (ranks: string) => JSON.parse(ranks) as Ranks;
  return [...Map.groupBy(rows, ({ item }) => item).values()].map((group) =>
    group
      .map(({ ours, theirs }) => compareRanks(read(ours), read(theirs)))
      .reduce((a, b) => ({ alike: a.alike + b.alike, pairs: a.pairs + b.pairs })),
  );
}
