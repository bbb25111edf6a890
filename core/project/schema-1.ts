/**
 * Version 1 of a project's database.
 *
 * Nothing is overwritten. A row of a versioned table holds from the change that created it to the one that
 * retired it, and all that follows from it later is a new row; so what held after any change can be read again.
 * `restores` is the first of the versions that say the same, where an undo brought one back. Only drafts,
 * derived numbers (`answers`, `confidence`) and properties are written in place.
 */
import { history, neverOverwritten, versioned } from './schema-parts.ts';

const effort = `
  at INTEGER NOT NULL,
  active_ms INTEGER,
  idle_ms INTEGER`;

const promptIndexes = ['head', 'kind', 'use_case', 'author', 'split', 'source']
  .map((column) => `CREATE INDEX prompts_${column} ON prompts (${column}, id) WHERE retired_change IS NULL;`)
  .join('\n');

export const schema1 = `
CREATE TABLE properties (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  labeler INTEGER,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  undoes INTEGER REFERENCES changes
);
CREATE INDEX changes_undoes ON changes (undoes) WHERE undoes IS NOT NULL;
${neverOverwritten('changes', 'id, at, labeler, kind, payload, undoes')}

CREATE TABLE labelers (
  version INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  held_out INTEGER NOT NULL,
  simulated INTEGER NOT NULL,
  created_at INTEGER NOT NULL,${versioned}
);
CREATE UNIQUE INDEX labelers_live ON labelers (id) WHERE retired_change IS NULL;
CREATE UNIQUE INDEX labelers_name ON labelers (name) WHERE retired_change IS NULL;
${history('labelers')}

-- Apart from their prompts: a new split or use case must not index the text again.
CREATE TABLE prompt_texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE VIRTUAL TABLE prompt_search USING fts5 (
  text, content='prompt_texts', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2', detail='none', columnsize=0
);

CREATE TABLE prompts (
  version INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  text_id INTEGER NOT NULL REFERENCES prompt_texts,
  -- What the text begins with, in lower case, to sort by.
  head TEXT NOT NULL,
  kind TEXT NOT NULL,
  use_case TEXT,
  author TEXT,
  split TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- Demonstrations that hold.
  answers INTEGER NOT NULL DEFAULT 0,${versioned}
);
CREATE UNIQUE INDEX prompts_live ON prompts (id) WHERE retired_change IS NULL;
CREATE INDEX prompts_open ON prompts (id) WHERE retired_change IS NULL AND answers = 0;
CREATE INDEX prompts_text ON prompts (text_id);
CREATE INDEX prompts_id ON prompts (id);
${promptIndexes}
${history('prompts')}

CREATE TABLE demonstrations (
  version INTEGER PRIMARY KEY,
  prompt INTEGER NOT NULL,
  labeler INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'skipped')),
  text TEXT,
  -- Why it was skipped.
  reason TEXT,
  started_from TEXT,${effort},${versioned}
);
-- Not unique: an import may hold several answers to one prompt.
CREATE INDEX demonstrations_live ON demonstrations (prompt, labeler) WHERE retired_change IS NULL;
CREATE INDEX demonstrations_labeler ON demonstrations (labeler, state) WHERE retired_change IS NULL;
${history('demonstrations')}
${neverOverwritten('demonstrations', 'prompt, labeler, state, text, reason, started_from, at')}

CREATE TABLE ranking_items (
  version INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  prompt INTEGER NOT NULL,
  -- How many it has of its own: none where it is a re-ask.
  completions INTEGER NOT NULL DEFAULT 0,
  -- Its place in the random order.
  position REAL NOT NULL,
  -- Uniform in [0, 1): below the share of overlap, others are asked too.
  draw REAL NOT NULL,
  -- Minus how uncertain a reward model is of its order; 0 where none was asked.
  confidence REAL NOT NULL DEFAULT 0,
  -- A silent re-ask: the same completions again, for one labeler.
  reask_of INTEGER,
  labeler INTEGER,
  -- Rankings that hold.
  answers INTEGER NOT NULL DEFAULT 0,${versioned}
);
CREATE UNIQUE INDEX ranking_items_live ON ranking_items (id) WHERE retired_change IS NULL;
CREATE INDEX ranking_items_id ON ranking_items (id);
CREATE INDEX ranking_items_completions ON ranking_items (completions)
  WHERE retired_change IS NULL AND completions > 0;
CREATE INDEX ranking_items_prompt ON ranking_items (prompt) WHERE retired_change IS NULL;
CREATE INDEX ranking_items_position ON ranking_items (position, id) WHERE retired_change IS NULL;
CREATE INDEX ranking_items_confidence ON ranking_items (confidence, position, id) WHERE retired_change IS NULL;
CREATE INDEX ranking_items_open_position ON ranking_items (position, id)
  WHERE retired_change IS NULL AND answers = 0 AND labeler IS NULL;
CREATE INDEX ranking_items_open_confidence ON ranking_items (confidence, position, id)
  WHERE retired_change IS NULL AND answers = 0 AND labeler IS NULL;
CREATE INDEX ranking_items_reask ON ranking_items (reask_of) WHERE retired_change IS NULL AND reask_of IS NOT NULL;
CREATE INDEX ranking_items_labeler ON ranking_items (labeler) WHERE retired_change IS NULL AND labeler IS NOT NULL;
CREATE INDEX ranking_items_answered_position ON ranking_items (position, id, draw)
  WHERE retired_change IS NULL AND answers > 0 AND labeler IS NULL;
CREATE INDEX ranking_items_answered_confidence ON ranking_items (confidence, position, id, draw)
  WHERE retired_change IS NULL AND answers > 0 AND labeler IS NULL;
${history('ranking_items')}

CREATE TABLE completions (
  id INTEGER PRIMARY KEY,
  item INTEGER NOT NULL,
  text TEXT NOT NULL,
  origin TEXT NOT NULL
);
CREATE INDEX completions_item ON completions (item);

CREATE TABLE rankings (
  version INTEGER PRIMARY KEY,
  item INTEGER NOT NULL,
  labeler INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'skipped')),
  verdict TEXT CHECK (verdict IN ('ranked', 'bothBad')),
  -- Completion id to rank, 1 best, equal is a tie; as JSON, like the next two.
  ranks TEXT,
  ratings TEXT,
  shown_order TEXT,
  seed INTEGER,
  reason TEXT,${effort},${versioned}
);
CREATE UNIQUE INDEX rankings_live ON rankings (item, labeler) WHERE retired_change IS NULL;
CREATE INDEX rankings_labeler ON rankings (labeler, state) WHERE retired_change IS NULL;
${history('rankings')}
${neverOverwritten('rankings', 'item, labeler, state, verdict, ranks, ratings, shown_order, seed, reason, at')}

CREATE TABLE flags (
  version INTEGER PRIMARY KEY,
  queue TEXT NOT NULL CHECK (queue IN ('demonstrate', 'rank')),
  item INTEGER NOT NULL,
  labeler INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,${versioned}
);
CREATE UNIQUE INDEX flags_live ON flags (labeler, queue, item) WHERE retired_change IS NULL;
${history('flags')}

CREATE TABLE screening (
  version INTEGER PRIMARY KEY,
  item INTEGER NOT NULL,
  owner INTEGER NOT NULL,${versioned}
);
CREATE UNIQUE INDEX screening_live ON screening (item) WHERE retired_change IS NULL;
${history('screening')}

CREATE TABLE drafts (
  labeler INTEGER NOT NULL,
  queue TEXT NOT NULL CHECK (queue IN ('demonstrate', 'rank')),
  item INTEGER NOT NULL,
  content TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (labeler, queue, item)
) WITHOUT ROWID;

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL,
  -- The last change that is in it.
  change INTEGER NOT NULL REFERENCES changes,
  sha256 TEXT NOT NULL,
  counts TEXT NOT NULL
);
`;
