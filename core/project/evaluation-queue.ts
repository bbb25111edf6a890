/** Which items of an evaluation a labeler is asked: all of them, in one order. */
import { answered } from './answers.ts';
import type { Store, Value } from './store.ts';

const items = `FROM ranking_items AS items WHERE retired_change IS NULL AND evaluation = $evaluation`;
const here = `(SELECT position, id FROM ranking_items WHERE id = $item AND retired_change IS NULL)`;

/** The first that this labeler has not answered, and what lies beside an item. */
export const toJudge = {
  first: `SELECT id ${items} AND NOT ${answered('rank', 'items.id')} ORDER BY position, id LIMIT 1`,
  next: `SELECT id ${items} AND (position, id) > ${here} ORDER BY position, id LIMIT 1`,
  previous: `SELECT id ${items} AND (position, id) < ${here} ORDER BY position DESC, id DESC LIMIT 1`,
} as const;

type Asked = Readonly<Record<'labeler' | 'evaluation', number> & { item: Value }>;

export function itemToJudge(store: Store, which: keyof typeof toJudge, asked: Asked): number | undefined {
  return store.column<number>(toJudge[which], asked)[0];
}

export const countItems = (store: Store, evaluation: number): number =>
  store.value<number>(`SELECT count(*) ${items}`, { evaluation });
