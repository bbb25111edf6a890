import { held } from './dataset.ts';
import type { Store } from './store.ts';

/** How much of one labeler's work is in a snapshot. */
export interface LabelCounts {
  readonly labeler: string;
  readonly demonstrations: number;
  readonly rankings: number;
}

/** A label, its prompt and its labeler held then, and the labeler was not held out: as `dataset.ts` has them. */
const submitted = (table: string, prompt: string): string => `
  CROSS JOIN prompts ON prompts.id = ${prompt} AND ${held('prompts')}
  CROSS JOIN labelers ON labelers.id = ${table}.labeler AND labelers.held_out = 0 AND ${held('labelers')}
  WHERE state = 'submitted' AND ${held(table)}`;

/** Who made the labels of a snapshot, by name; none where there is no such snapshot. */
export function countLabels(store: Store, snapshot: number): LabelCounts[] {
  const change = store.value<number | undefined>('SELECT change FROM snapshots WHERE id = ?', snapshot);
  if (change === undefined) return [];
  return store.all<LabelCounts>(
    `SELECT name AS labeler, sum(demonstration) AS demonstrations, sum(ranking) AS rankings FROM (
       SELECT name, 1 AS demonstration, 0 AS ranking FROM demonstrations
         ${submitted('demonstrations', 'demonstrations.prompt')}
       UNION ALL
       SELECT name, 0, 1 FROM rankings
         CROSS JOIN ranking_items AS items ON items.id = rankings.item
           AND items.reask_of IS NULL AND items.evaluation IS NULL AND ${held('items')}
         ${submitted('rankings', 'items.prompt')} AND (SELECT count(*) FROM json_each(ranks)) > 1
     ) GROUP BY name ORDER BY name`,
    { change },
  );
}
