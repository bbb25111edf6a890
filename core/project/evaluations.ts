import type { CallArguments, Evaluation } from '../contract/calls.ts';
import type { Origin, PromptFilter } from '../contract/entities.ts';
import { ConfigurationError, ProjectError } from '../contract/errors.ts';
import type { Change, Changes } from './changes.ts';
import { readResults, type EvaluationResults } from './evaluation-results.ts';
import type { Labelers } from './labelers.ts';
import type { Prompts, PromptText } from './prompts.ts';
import { blindOrder, type QueuedItem, type RankingItems } from './ranking-items.ts';
import type { Store } from './store.ts';
import { insert, nextVersion, retire } from './versions.ts';

/** An evaluation as it was asked for. */
export type StoredEvaluation = Omit<Evaluation, 'prompts' | 'answered' | 'judged'> & {
  /** Whether simulated labelers judge it. */
  readonly simulated: boolean;
};

interface NewEvaluation extends Omit<StoredEvaluation, 'id' | 'createdAt'> {
  readonly filter: PromptFilter;
  /** How many. */
  readonly prompts: number;
}

/** What one model said, with what is known of it: tokens, reward, gold, … */
interface Answer {
  readonly text: string;
  readonly settings: Origin['settings'];
}

/** A simulated labeler's ranks, in the order of the models. */
interface Judgment {
  readonly labeler: string;
  readonly ranks: readonly number[];
}

interface Answered {
  readonly evaluation: number;
  readonly prompt: number;
  /** In the order of the models. */
  readonly answers: readonly Answer[];
  readonly judgments?: readonly Judgment[];
}

type EvaluationRow = Omit<Evaluation, 'models' | 'settings'> & {
  readonly models: string;
  readonly settings: string;
  readonly simulated: number;
};

const columns = `id, name, created_at AS createdAt, models, reward_model AS rewardModel, settings, simulated,
  json_array_length(prompts) AS prompts,
  (SELECT count(*) FROM ranking_items WHERE retired_change IS NULL AND evaluation = evaluations.id) AS answered,
  (SELECT count(*) FROM ranking_items
   WHERE retired_change IS NULL AND evaluation = evaluations.id AND answers > 0) AS judged`;

/** Blind comparisons of models: what they answer to the same prompts is ranked, and nothing learns from it. */
export class Evaluations {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #prompts: Prompts;
  readonly #labelers: Labelers;
  readonly #items: RankingItems;

  constructor(store: Store, changes: Changes, prompts: Prompts, labelers: Labelers, items: RankingItems) {
    this.#store = store;
    this.#changes = changes;
    this.#prompts = prompts;
    this.#labelers = labelers;
    this.#items = items;
  }

  /** In the order in which they were made. */
  list(): Evaluation[] {
    const sql = `SELECT ${columns} FROM evaluations WHERE retired_change IS NULL ORDER BY id`;
    return this.#store.all<EvaluationRow>(sql).map(toEvaluation);
  }

  /** Throws a `ProjectError` where there is none. */
  require(id: number): StoredEvaluation {
    const row = this.#row(id);
    return { ...toStored(row), simulated: row.simulated === 1 };
  }

  /** Fixes the prompts, so that one that was stopped goes on with the same. */
  create({ filter, prompts: count, ...asked }: NewEvaluation): Evaluation {
    const { name, models, rewardModel, settings, simulated } = asked;
    const prompts = this.#prompts.choose(filter, count, settings.seed).map(({ id }) => id);
    if (prompts.length === 0)
      throw new ConfigurationError('no prompt matches: change the filter, or add prompts');
    const id = nextVersion(this.#store, 'evaluations');
    this.#changes.make({ kind: 'evaluation created', payload: { count: 1, name } }, (change) => {
      insert(this.#store, 'evaluations', change, {
        id,
        name,
        models: JSON.stringify(models),
        reward_model: rewardModel,
        settings: JSON.stringify(settings),
        prompts: JSON.stringify(prompts),
        simulated: Number(simulated),
        created_at: Date.now(),
      });
    });
    return toEvaluation(this.#row(id));
  }

  /** The prompts that its models have still to answer, always in the same order. */
  unanswered(id: number): PromptText[] {
    this.#row(id);
    return this.#store.all<PromptText>(
      `SELECT prompts.id, text
       FROM json_each((SELECT prompts FROM evaluations WHERE id = $id AND retired_change IS NULL)) AS asked
       CROSS JOIN prompts ON prompts.id = asked.value AND prompts.retired_change IS NULL
       CROSS JOIN prompt_texts ON prompt_texts.id = prompts.text_id
       WHERE NOT ${answeredIn('$id', 'prompts.id')} ORDER BY asked.key`,
      { id },
    );
  }

  /**
   * Every model's answer to one prompt, with what simulated labelers say of them: both or neither, so that a kill
   * leaves nothing that nobody judges. Nothing is added where the prompt is answered already, or gone, or the
   * evaluation is.
   */
  addAnswers({ evaluation: id, prompt, answers, judgments = [] }: Answered): void {
    const evaluation = this.#find(id);
    if (!evaluation || this.#isAnswered(id, prompt) || this.#prompts.get(prompt) === undefined) return;
    const completions = answers.map(({ text, settings }, model) => ({
      text,
      origin: originOf(toStored(evaluation), model, settings),
    }));
    const payload = { count: 1, evaluation: id, prompt };
    this.#changes.make({ kind: 'evaluation answered', payload }, (change) => {
      const [item] = this.#items.insertAll(change, [{ prompt, completions }], { evaluation: id });
      for (const judgment of judgments) this.#judge(change, id, item!, judgment);
    });
  }

  /** With its answers, and what was said of them; all come back together. */
  remove({ id }: CallArguments<'evaluations.remove'>): Change {
    const { name } = this.#row(id);
    return this.#changes.make({ kind: 'evaluation removed', payload: { count: 1, name } }, (change) => {
      const items = '(SELECT id FROM ranking_items WHERE retired_change IS NULL AND evaluation = ?)';
      retire(this.#store, 'rankings', change, `item IN ${items}`, id);
      retire(this.#store, 'ranking_items', change, 'evaluation = ?', id);
      retire(this.#store, 'evaluations', change, 'id = ?', id);
    });
  }

  /** All that a report is made of. */
  results(id: number): EvaluationResults {
    const evaluation = toEvaluation(this.#row(id));
    return { evaluation, labelers: this.#labelers.list(), items: readResults(this.#store, evaluation) };
  }

  #judge(change: number, evaluation: number, item: QueuedItem, { labeler: name, ranks }: Judgment): void {
    const labeler = this.#simulated(change, name);
    const seed = this.#items.seedFor(item.id, labeler);
    insert(this.#store, 'rankings', change, {
      item: item.id,
      labeler,
      state: 'submitted',
      verdict: 'ranked',
      ranks: JSON.stringify(Object.fromEntries(item.completions.map((id, model) => [id, ranks[model]]))),
      ratings: '{}',
      shown_order: JSON.stringify(
        blindOrder(
          item.completions.toSorted((a, b) => a - b),
          seed,
        ),
      ),
      seed,
      evaluation,
      at: Date.now(),
      active_ms: 0,
      idle_ms: 0,
    });
  }

  /** A simulated labeler by name, made where there is none. */
  #simulated(change: number, name: string): number {
    const known = this.#labelers.find(name);
    if (known === undefined) return this.#labelers.insert(change, { name, simulated: true });
    if (this.#labelers.require(known).simulated) return known;
    throw new ProjectError(
      `the labeler ${name} is no simulated one: rename them, for a simulated labeler has this name`,
    );
  }

  #isAnswered(id: number, prompt: number): boolean {
    return this.#store.value<number>(`SELECT ${answeredIn('$id', '$prompt')}`, { id, prompt }) === 1;
  }

  #find(id: number): EvaluationRow | undefined {
    const sql = `SELECT ${columns} FROM evaluations WHERE id = ? AND retired_change IS NULL`;
    return this.#store.get<EvaluationRow>(sql, id);
  }

  #row(id: number): EvaluationRow {
    const row = this.#find(id);
    if (row === undefined) throw new ProjectError(`there is no evaluation ${id}: choose one of the list`);
    return row;
  }
}

const answeredIn = (evaluation: string, prompt: string): string =>
  `EXISTS (SELECT 1 FROM ranking_items
     WHERE prompt = ${prompt} AND evaluation = ${evaluation} AND retired_change IS NULL)`;

/** As the origin of any sampled completion, with its model's place. */
const originOf = (
  { models, settings }: Pick<StoredEvaluation, 'models' | 'settings'>,
  model: number,
  known: Answer['settings'],
): Origin => ({ kind: 'sampled', name: models[model]!.path, settings: { ...settings, ...known, model } });

const toStored = ({ id, name, createdAt, models, rewardModel, settings }: EvaluationRow) => ({
  id,
  name,
  createdAt,
  models: JSON.parse(models) as Evaluation['models'],
  rewardModel,
  settings: JSON.parse(settings) as Evaluation['settings'],
});

const toEvaluation = (row: EvaluationRow): Evaluation => ({
  ...toStored(row),
  prompts: row.prompts,
  answered: row.answered,
  judged: row.judged,
});
