/** Whether queries stay quick in a large project is seen in how SQLite answers them, not by a clock. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../core/project/database-file.ts';
import { besideToDemonstrate, firstToDemonstrate } from '../../../core/project/demonstrations.ts';
import { orderedVersions } from '../../../core/project/prompt-pages.ts';
import { toJudge } from '../../../core/project/evaluation-queue.ts';
import { besideToRank, firstToRank } from '../../../core/project/ranking-queue.ts';
import { Store } from '../../../core/project/store.ts';
import { newProject } from './projects.ts';

function planned<T>(read: (store: Store) => T): T {
  const store = new Store(openDatabase(join(newProject().path, 'project.sqlite')));
  try {
    return read(store);
  } finally {
    store.close();
  }
}

const asked = { labeler: 1, overlap: 0.1, item: 1 };
const sorts = ['id', 'text', 'kind', 'useCase', 'author', 'split', 'source', 'createdAt'] as const;

it.each(sorts)('a page by %s is read in the order of an index', (by) => {
  for (const descending of [false, true]) {
    const { sql, values } = orderedVersions({}, { by, descending });
    const plan = planned((store) => store.plan(sql, ...values));
    expect(plan.join('\n')).toMatch(/^SCAN prompts USING INDEX prompts_\w+$/);
  }
});

const filters = {
  kind: { kinds: ['plain'] },
  use_case: { useCases: ['chat'] },
  split: { splits: ['test'] },
  author: { authors: ['Ann'] },
  source: { sources: ['rows.jsonl'] },
  text: { search: 'word' },
} as const;

it.each(Object.entries(filters))('a filter by %s finds its prompts by an index', (column, filter) => {
  const { sql, values } = orderedVersions(structuredClone(filter) as object, { by: 'id', descending: false });
  const plan = planned((store) => store.plan(sql, ...values));
  expect(plan[0]).toBe(
    `SEARCH prompts USING INDEX prompts_${column} (${column === 'text' ? 'text_id' : column}=?)`,
  );
});

it('the next prompt to demonstrate is the first of an index', () => {
  const plans = planned((store) => [
    store.plan(firstToDemonstrate, { labeler: 1 }),
    store.plan(besideToDemonstrate.next, { labeler: 1, item: 1 }),
    store.plan(besideToDemonstrate.previous, { labeler: 1, item: 1 }),
  ]);
  expect(plans[0]![0]).toBe('SCAN prompts USING INDEX prompts_open');
  for (const plan of plans.slice(1))
    expect(plan[0]).toMatch(/^SEARCH prompts USING INDEX prompts_live \(id[<>]\?\)$/);
  for (const plan of plans) expect(plan.join('\n')).not.toContain('TEMP B-TREE');
});

it.each(['random', 'uncertainty'] as const)(
  'the next item to rank in %s order is the first of an index',
  (order) => {
    const plan = planned((store) => store.plan(firstToRank(order), asked));
    const tables = plan.filter((step) => /(SCAN|SEARCH) items/.test(step));
    const suffix = order === 'random' ? 'position' : 'confidence';
    expect(tables).toEqual([
      `SCAN items USING INDEX ranking_items_open_${suffix}`,
      'SEARCH items USING INDEX ranking_items_labeler (labeler=?)',
      `SCAN items USING INDEX ranking_items_answered_${suffix}`,
      'SEARCH items USING INDEX ranking_items_live (id=?)',
    ]);
    for (const move of ['next', 'previous'] as const) {
      const beside = planned((store) => store.plan(besideToRank(order, move), asked));
      expect(beside[0]).toMatch(new RegExp(`^SEARCH items USING INDEX ranking_items_${suffix} `));
      expect(beside.join('\n')).not.toContain('TEMP B-TREE');
    }
  },
);

it.each(['first', 'next', 'previous'] as const)(
  'the %s item to judge is read in the order of an index',
  (which) => {
    const plan = planned((store) => store.plan(toJudge[which], { ...asked, evaluation: 1 }));
    expect(plan[0]).toMatch(/^SEARCH items USING COVERING INDEX ranking_items_evaluation \(evaluation=\?/);
    expect(plan.join('\n')).not.toContain('TEMP B-TREE');
  },
);
