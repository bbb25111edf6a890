import type { Store } from './store.ts';

/** What is asked, and the answers to it: the numbers from which a queue knows what nobody has answered yet. */
const counted = [
  { asked: 'prompts', answers: 'demonstrations', item: 'prompt' },
  { asked: 'ranking_items', answers: 'rankings', item: 'item' },
] as const;

/** Brings `answers` in line with what a change has written; every change ends with it. */
export function countAnswers(store: Store, change: number): void {
  for (const { asked, answers, item } of counted)
    store.run(
      `UPDATE ${asked} SET answers = (SELECT count(*) FROM ${answers}
         WHERE ${item} = ${asked}.id AND state = 'submitted' AND retired_change IS NULL)
       WHERE retired_change IS NULL AND id IN (
         SELECT ${item} FROM ${answers} WHERE created_change = $change
         UNION ALL SELECT ${item} FROM ${answers} WHERE retired_change = $change
         UNION ALL SELECT id FROM ${asked} WHERE created_change = $change AND version <> id)`,
      { change },
    );
}
