import { history, neverOverwritten, versioned } from './schema-parts.ts';

/** The indexes of what the queue asks: from now on only of items that are of no evaluation. */
const queueIndexes = {
  completions: { columns: 'completions', where: 'completions > 0' },
  position: { columns: 'position, id' },
  confidence: { columns: 'confidence, position, id' },
  open_position: { columns: 'position, id', where: 'answers = 0 AND labeler IS NULL' },
  open_confidence: { columns: 'confidence, position, id', where: 'answers = 0 AND labeler IS NULL' },
  answered_position: { columns: 'position, id, draw', where: 'answers > 0 AND labeler IS NULL' },
  answered_confidence: {
    columns: 'confidence, position, id, draw',
    where: 'answers > 0 AND labeler IS NULL',
  },
} as const;

const narrowed = Object.entries<{ readonly columns: string; readonly where?: string }>(queueIndexes)
  .map(
    ([name, { columns, where }]) => `
DROP INDEX ranking_items_${name};
CREATE INDEX ranking_items_${name} ON ranking_items (${columns})
  WHERE retired_change IS NULL AND evaluation IS NULL${where === undefined ? '' : ` AND ${where}`};`,
  )
  .join('');

/**
 * Version 2: evaluations, whose items are ranked like others and never train, and rounds of feedback. A ranking
 * names the evaluation of its item, so that a labeler's labels are counted without looking at their items. Indexes
 * that end with `retired_change` answer counts alone.
 */
export const schema2 = `
CREATE TABLE evaluations (
  version INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- [{path, name}] as JSON, like the settings; the first is what the others are compared with.
  models TEXT NOT NULL,
  reward_model TEXT,
  settings TEXT NOT NULL,
  -- The ids of the prompts that are asked, as JSON: fixed when it is made.
  prompts TEXT NOT NULL,
  -- Whether simulated labelers judge it.
  simulated INTEGER NOT NULL,
  created_at INTEGER NOT NULL,${versioned}
);
CREATE UNIQUE INDEX evaluations_live ON evaluations (id) WHERE retired_change IS NULL;
${history('evaluations')}
${neverOverwritten('evaluations', 'id, name, models, reward_model, settings, prompts, simulated, created_at')}

CREATE TABLE rounds (
  version INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  -- The policy that it begins with.
  policy TEXT NOT NULL,
  policy_name TEXT NOT NULL,
  note TEXT NOT NULL,
  started_at INTEGER NOT NULL,${versioned}
);
CREATE UNIQUE INDEX rounds_live ON rounds (id) WHERE retired_change IS NULL;
${history('rounds')}
${neverOverwritten('rounds', 'id, policy, policy_name, note, started_at')}

ALTER TABLE ranking_items ADD COLUMN evaluation INTEGER;
ALTER TABLE ranking_items ADD COLUMN round INTEGER;
${narrowed}
CREATE INDEX ranking_items_evaluation ON ranking_items (evaluation, position, id, answers, retired_change)
  WHERE retired_change IS NULL AND evaluation IS NOT NULL;
CREATE INDEX ranking_items_round ON ranking_items (round, answers, retired_change)
  WHERE retired_change IS NULL AND round IS NOT NULL;

ALTER TABLE rankings ADD COLUMN evaluation INTEGER;
DROP INDEX rankings_labeler;
CREATE INDEX rankings_labeler ON rankings (labeler, evaluation, state, retired_change)
  WHERE retired_change IS NULL;
DROP TRIGGER rankings_are_kept;
DROP TRIGGER rankings_are_final;
${neverOverwritten('rankings', 'item, labeler, state, verdict, ranks, ratings, shown_order, seed, reason, at, evaluation')}
`;
