import type { Evaluation } from '../contract/calls.ts';
import type { Labeler, Origin, Rating, UseCase } from '../contract/entities.ts';
import type { Store } from './store.ts';

/** What one labeler says of the answers to a prompt, in the order of the models. */
export interface Judgment {
  readonly labeler: number;
  /** 1 best, equal is a tie; undefined is unranked. */
  readonly ranks: readonly (number | undefined)[];
  readonly ratings: readonly (Rating | undefined)[];
}

/** The answers to one prompt. */
export interface EvaluatedPrompt {
  readonly useCase: UseCase | null;
  /** What is known of each model's answer: tokens, reward, gold, …; undefined where it has none. */
  readonly answers: readonly (Origin['settings'] | undefined)[];
  readonly judgments: readonly Judgment[];
}

export interface EvaluationResults {
  readonly evaluation: Evaluation;
  readonly labelers: readonly Labeler[];
  readonly items: readonly EvaluatedPrompt[];
}

interface CompletionRow {
  readonly item: number;
  readonly id: number;
  readonly settings: string;
}

interface RankingRow {
  readonly item: number;
  readonly labeler: number;
  readonly ranks: string;
  readonly ratings: string | null;
}

const items = 'ranking_items AS items';
const ofEvaluation = 'items.retired_change IS NULL AND items.evaluation = ?';

const sql = {
  items: `SELECT items.id, use_case AS useCase FROM ${items}
    CROSS JOIN prompts ON prompts.id = items.prompt AND prompts.retired_change IS NULL
    WHERE ${ofEvaluation} ORDER BY items.position, items.id`,
  completions: `SELECT completions.item, completions.id, origin -> '$.settings' AS settings FROM ${items}
    CROSS JOIN completions ON completions.item = items.id WHERE ${ofEvaluation}`,
  rankings: `SELECT rankings.item, rankings.labeler, ranks, ratings FROM ${items}
    CROSS JOIN rankings ON rankings.item = items.id AND rankings.retired_change IS NULL AND state = 'submitted'
    WHERE ${ofEvaluation} ORDER BY items.id, rankings.labeler`,
} as const;

/** Everything that was said of an evaluation's answers, an item a prompt. */
export function readResults(store: Store, { id, models }: Evaluation): EvaluatedPrompt[] {
  const completions = Map.groupBy(store.all<CompletionRow>(sql.completions, id), ({ item }) => item);
  const rankings = Map.groupBy(store.all<RankingRow>(sql.rankings, id), ({ item }) => item);
  return store.all<{ id: number; useCase: UseCase | null }>(sql.items, id).map(({ id: item, useCase }) => {
    const answers = answersOf(completions.get(item) ?? [], models.length);
    const ids = answers.map((answer) => answer?.id);
    return {
      useCase,
      answers: answers.map((answer) => answer?.settings),
      judgments: (rankings.get(item) ?? []).map((row) => judgmentOf(row, ids)),
    };
  });
}

/** By model. */
function answersOf(rows: readonly CompletionRow[], models: number) {
  const read = rows.map(({ id, settings }) => ({ id, settings: JSON.parse(settings) as Origin['settings'] }));
  return Array.from({ length: models }, (_, model) =>
    read.find(({ settings }) => settings['model'] === model),
  );
}

function judgmentOf(row: RankingRow, ids: readonly (number | undefined)[]): Judgment {
  const ranks = JSON.parse(row.ranks) as Record<number, number>;
  const ratings = JSON.parse(row.ratings ?? '{}') as Record<number, Rating>;
  return {
    labeler: row.labeler,
    ranks: ids.map((id) => (id === undefined ? undefined : ranks[id])),
    ratings: ids.map((id) => (id === undefined ? undefined : ratings[id])),
  };
}
