import type { CallOutput } from '../contract/calls.ts';
import type { Labeler } from '../contract/entities.ts';
import { compareRanks, pooledAgreement, type Agreement, type Ranks } from '../data/agreement.ts';
import type { Store } from './store.ts';

type LabelerReport = CallOutput<'labelers.report'>[number];

interface Comparison {
  readonly labeler: number;
  readonly ours: string;
  readonly theirs: string;
}

/** What is said in evaluations is left out: simulated labelers say more there than can be compared at once. */
const submitted = (name: string): string =>
  `${name}.retired_change IS NULL AND ${name}.evaluation IS NULL AND ${name}.state = 'submitted'`;
const ranked = 'ours.labeler, ours.ranks AS ours, theirs.ranks AS theirs FROM rankings AS ours';
const live = (item: string, name: string): string =>
  `JOIN ranking_items AS ${name} ON ${name}.id = ${item} AND ${name}.retired_change IS NULL`;

/** Pairs of rankings to compare, one row for each labeler that they tell of. */
const comparisons = {
  /** With every other labeler of the same item. */
  agreement: `SELECT ${ranked} ${live('ours.item', 'items')}
    JOIN rankings AS theirs ON theirs.item = ours.item AND theirs.labeler <> ours.labeler AND ${submitted('theirs')}
    WHERE ${submitted('ours')}`,
  /** With the same labeler's answer to a silent re-ask. */
  selfAgreement: `SELECT ${ranked} ${live('ours.item', 'items')}
    JOIN rankings AS theirs ON theirs.item = items.reask_of AND theirs.labeler = ours.labeler AND ${submitted('theirs')}
    WHERE items.reask_of IS NOT NULL AND ${submitted('ours')}`,
  /** With the owner of the screening item. */
  screening: `SELECT ${ranked} JOIN screening ON screening.item = ours.item AND screening.retired_change IS NULL
    JOIN rankings AS theirs ON theirs.item = ours.item AND theirs.labeler = screening.owner AND ${submitted('theirs')}
    WHERE ours.labeler <> screening.owner AND ${submitted('ours')}`,
} as const;

/** How much each labeler did, and how far their rankings can be relied on. */
export function reportLabelers(store: Store, labelers: readonly Labeler[]): LabelerReport[] {
  const compared = {
    agreement: compare(store, comparisons.agreement),
    selfAgreement: compare(store, comparisons.selfAgreement),
    screening: compare(store, comparisons.screening),
  };
  const pooled = (which: keyof typeof compared, { id }: Labeler) =>
    pooledAgreement(compared[which].get(id) ?? []);
  return labelers.map((labeler) => ({
    labeler,
    ...work(store, labeler.id),
    agreement: pooled('agreement', labeler),
    selfAgreement: pooled('selfAgreement', labeler),
    screening: pooled('screening', labeler),
  }));
}

function compare(store: Store, sql: string): Map<number, Agreement[]> {
  const read = (ranks: string) => JSON.parse(ranks) as Ranks;
  const byLabeler = Map.groupBy(store.all<Comparison>(sql), ({ labeler }) => labeler);
  return new Map(
    [...byLabeler].map(([labeler, rows]) => [
      labeler,
      rows.map(({ ours, theirs }) => compareRanks(read(ours), read(theirs))),
    ]),
  );
}

/** Silent re-asks are counted too: they were work. */
function work(
  store: Store,
  labeler: number,
): Pick<LabelerReport, 'rankings' | 'demonstrations' | 'medianActiveMs'> {
  const own = `labeler = $labeler AND retired_change IS NULL AND state = 'submitted'`;
  const training = `${own} AND evaluation IS NULL`;
  return store.get(
    `SELECT (SELECT count(*) FROM rankings WHERE ${training}) AS rankings,
       (SELECT count(*) FROM demonstrations WHERE ${own}) AS demonstrations,
       (SELECT median(active_ms) FROM (SELECT active_ms FROM rankings WHERE ${training}
         UNION ALL SELECT active_ms FROM demonstrations WHERE ${own})) AS medianActiveMs`,
    { labeler },
  )!;
}
