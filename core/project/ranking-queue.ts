/** Which ranking items a labeler is asked, and in what order. Those of evaluations are in a queue of their own. */
import type { Settings } from '../contract/calls.ts';
import { answered, touched } from './answers.ts';
import type { Store, Value } from './store.ts';

type Order = Settings['labeling']['order'];

const orders: Readonly<Record<Order, string>> = {
  random: 'position, id',
  uncertainty: 'confidence, position, id',
};

/** As the indexes of the queue have it, word for word. */
const ordinary = `retired_change IS NULL AND evaluation IS NULL`;
const own = answered('rank', 'items.id');
const screened = `items.id IN (SELECT item FROM screening WHERE retired_change IS NULL)`;

/** Every item that waits for a labeler is in exactly one of these. */
const waiting = {
  /** Nobody has answered it. */
  open: `labeler IS NULL AND answers = 0`,
  /** This labeler has, and is silently asked again. */
  reask: `labeler = $labeler`,
  /** Others have, and it is among those asked of all. */
  overlap: `labeler IS NULL AND answers > 0 AND draw < $overlap`,
  screening: `labeler IS NULL AND answers > 0 AND draw >= $overlap AND ${screened}`,
} as const;

type Kind = keyof typeof waiting;
const kinds = Object.keys(waiting) as Kind[];

/** Those of which there may be many are read in their order, up to the first that fits. */
const indexes = {
  random: { open: 'ranking_items_open_position', overlap: 'ranking_items_answered_position' },
  uncertainty: { open: 'ranking_items_open_confidence', overlap: 'ranking_items_answered_confidence' },
} as const satisfies Record<Order, Partial<Record<Kind, string>>>;

const from = (kind: Kind, index?: string): string =>
  `FROM ranking_items AS items ${index === undefined ? '' : `INDEXED BY ${index}`}
   WHERE ${ordinary} AND ${waiting[kind]} AND NOT ${own}`;

/** The first item that waits. */
export function firstToRank(order: Order): string {
  const columns = orders[order];
  const byKind: Partial<Record<Kind, string>> = indexes[order];
  const firsts = kinds.map(
    (kind) => `SELECT * FROM (SELECT ${columns} ${from(kind, byKind[kind])} ORDER BY ${columns} LIMIT 1)`,
  );
  return `SELECT id FROM (${firsts.join('\nUNION ALL ')}) ORDER BY ${columns} LIMIT 1`;
}

/** What lies beside an item in a labeler's queue: what is asked of this one, and what this one touched. */
export function besideToRank(order: Order, move: 'next' | 'previous'): string {
  const columns = orders[order];
  const here = `(SELECT ${columns} FROM ranking_items WHERE id = $item AND retired_change IS NULL)`;
  const [than, direction] = move === 'next' ? ['>', 'ASC'] : ['<', 'DESC'];
  return `SELECT id FROM ranking_items AS items
    WHERE ${ordinary} AND (${columns}) ${than} ${here}
      AND CASE WHEN labeler IS NULL THEN answers = 0 OR draw < $overlap OR ${touched('rank', 'items.id')} OR ${screened}
          ELSE labeler = $labeler END
    ORDER BY ${columns.replaceAll(',', ` ${direction},`)} ${direction} LIMIT 1`;
}

type Asked = Readonly<Record<'labeler' | 'overlap', number>>;

export function itemToRank(
  store: Store,
  which: 'first' | 'next' | 'previous',
  asked: Asked & { readonly item: Value },
  order: Order,
): number | undefined {
  const sql = which === 'first' ? firstToRank(order) : besideToRank(order, which);
  return store.column<number>(sql, asked)[0];
}

/** Fewer are skipped than are open: counting those is quicker than asking of each open one. */
const countOpen = `
  (SELECT count(*) FROM ranking_items INDEXED BY ${indexes.random.open}
   WHERE ${ordinary} AND ${waiting.open})
  - (SELECT count(*) FROM rankings CROSS JOIN ranking_items AS items
     ON items.id = rankings.item AND items.retired_change IS NULL AND items.labeler IS NULL AND answers = 0
     WHERE rankings.labeler = $labeler AND rankings.evaluation IS NULL AND state = 'skipped'
       AND rankings.retired_change IS NULL)`;

const counts = [
  countOpen,
  `(SELECT count(*) ${from('reask')})`,
  `(SELECT count(*) ${from('overlap', indexes.random.overlap)})`,
  `(SELECT count(*) ${from('screening')})`,
];

const drafted = `items.id IN (SELECT item FROM drafts WHERE labeler = $labeler AND queue = 'rank')`;
const begun = kinds.map((kind) => `(SELECT count(*) ${from(kind)} AND ${drafted})`);

/** How many items wait that are not begun. */
export function countPending(store: Store, asked: Asked): number {
  return store.value<number>(`SELECT ${counts.join(' + ')} - (${begun.join(' + ')})`, asked);
}
