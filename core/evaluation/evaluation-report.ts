/** What an evaluation shows: win rates against its first model, and each model by itself. */
import type { EvaluationReport, ModelResults, WinRates } from '../contract/calls.ts';
import { MetadataLabel, useCases, type Estimate, type Labeler, type UseCase } from '../contract/entities.ts';
import { meanOfClusters, shareOfClusters, type Cluster } from '../data/clusters.ts';
import type { EvaluatedPrompt, EvaluationResults } from '../project/evaluation-results.ts';

const METHOD =
  'All intervals are 95% and take the judgments of one prompt as a cluster: for shares, where a tie is half a win, ' +
  "Wilson's score interval at the effective sample size (Kish's design effect); for means, Student's t over prompts.";

/** A value, and which prompt it is of: those of one prompt are a cluster. */
interface Value {
  readonly prompt: number;
  readonly value: number;
}

/** Whether one labeler prefers a model's answer to the first model's: 1, 0, or 0.5 for a tie. */
interface Preference extends Value {
  readonly labeler: number;
  readonly useCase: UseCase | null;
}

export function reportEvaluation({ evaluation, labelers, items }: EvaluationResults): EvaluationReport {
  const others = [...evaluation.models.keys()].slice(1);
  return {
    evaluation,
    method: METHOD,
    winRates: others.map((model) => winRates(model, items, labelers)),
    models: evaluation.models.map((_, model) => resultsOf(model, items)),
  };
}

function winRates(model: number, items: readonly EvaluatedPrompt[], labelers: readonly Labeler[]): WinRates {
  const preferences = preferencesOf(model, items);
  const heldOut = new Set(labelers.filter((labeler) => labeler.heldOut).map(({ id }) => id));
  const byUseCase = Map.groupBy(preferences, ({ useCase }) => useCase);
  const byLabeler = Map.groupBy(preferences, ({ labeler }) => labeler);
  return {
    model,
    against: 0,
    overall: share(preferences),
    training: share(preferences.filter(({ labeler }) => !heldOut.has(labeler))),
    heldOut: share(preferences.filter(({ labeler }) => heldOut.has(labeler))),
    byUseCase: [...useCases, null].flatMap((useCase) =>
      told(byUseCase.get(useCase), (rate) => ({ useCase, rate })),
    ),
    byLabeler: labelers.flatMap((labeler) => told(byLabeler.get(labeler.id), (rate) => ({ labeler, rate }))),
  };
}

function told<T>(values: readonly Value[] | undefined, tell: (rate: Estimate) => T): T[] {
  const rate = share(values ?? []);
  return rate === null ? [] : [tell(rate)];
}

/** Of the labelers that ranked both. */
const preferencesOf = (model: number, items: readonly EvaluatedPrompt[]): Preference[] =>
  items.flatMap(({ useCase, judgments }, prompt) =>
    judgments.flatMap(({ labeler, ranks }) => {
      const [own, first] = [ranks[model], ranks[0]];
      if (own === undefined || first === undefined) return [];
      return [{ prompt, labeler, useCase, value: own < first ? 1 : own === first ? 0.5 : 0 }];
    }),
  );

function resultsOf(model: number, items: readonly EvaluatedPrompt[]): ModelResults {
  const ratings = items.flatMap(({ judgments }, prompt) =>
    judgments.flatMap((judgment) => {
      const rating = judgment.ratings[model];
      return rating === undefined ? [] : [{ prompt, rating }];
    }),
  );
  const overall = ratings.flatMap(({ prompt, rating }) =>
    rating.overall === undefined ? [] : [{ prompt, value: rating.overall }],
  );
  const known = (name: string) => valuesOf(name, model, items);
  return {
    overall: mean(overall),
    overallCounts: [1, 2, 3, 4, 5, 6, 7].map(
      (grade) => overall.filter(({ value }) => value === grade).length,
    ),
    labels: labelShares(ratings),
    reward: mean(known('reward')),
    gold: mean(known('gold')),
    kl: mean(known('kl')),
    tokens: mean(known('tokens')),
    ended: share(known('ended')),
  };
}

type Rated = {
  readonly prompt: number;
  readonly rating: { labels: Partial<Record<MetadataLabel, boolean>> };
};

function labelShares(ratings: readonly Rated[]): ModelResults['labels'] {
  const shares = MetadataLabel.options.map((label) => {
    const said = ratings.flatMap(({ prompt, rating }) => {
      const yes = rating.labels[label];
      return yes === undefined ? [] : [{ prompt, value: Number(yes) }];
    });
    return [label, share(said)] as const;
  });
  return Object.fromEntries(shares.filter(([, estimate]) => estimate !== null));
}

/** What is known of a model's answers under a name, as numbers; true is 1. */
const valuesOf = (name: string, model: number, items: readonly EvaluatedPrompt[]): Value[] =>
  items.flatMap(({ answers }, prompt) => {
    const value = answers[model]?.[name];
    return value === undefined ? [] : [{ prompt, value: Number(value) }];
  });

const share = (values: readonly Value[]): Estimate | null => shareOfClusters(clustersOf(values));
const mean = (values: readonly Value[]): Estimate | null => meanOfClusters(clustersOf(values));

/** Values come prompt after prompt. */
function clustersOf(values: readonly Value[]): Cluster[] {
  const clusters: { prompt: number; sum: number; n: number }[] = [];
  for (const { prompt, value } of values) {
    let last = clusters.at(-1);
    if (last?.prompt !== prompt) clusters.push((last = { prompt, sum: 0, n: 0 }));
    last.sum += value;
    last.n++;
  }
  return clusters;
}
