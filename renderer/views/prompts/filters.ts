/** The filter over the table: what each facet offers, and what of it is chosen. */
import type { CallOutput } from '../../../core/contract/calls.ts';
import {
  promptKinds,
  splits,
  useCases,
  type PromptFilter,
  type PromptKind,
  type Split,
  type UseCase,
} from '../../../core/contract/entities.ts';
import { kindNames, splitNames, useCaseNames } from './names.ts';
import { without } from './without.ts';

export type Facets = CallOutput<'prompts.facets'>;
export type FacetId = 'kinds' | 'useCases' | 'splits' | 'authors' | 'sources';

export interface FacetOption {
  /** null: prompts that have none. */
  readonly value: string | null;
  readonly label: string;
  readonly count: number;
}

interface Facet {
  readonly title: string;
  readonly options: (facets: Facets) => readonly FacetOption[];
}

export const facetTable: Readonly<Record<FacetId, Facet>> = {
  kinds: { title: 'Kind', options: ({ kinds }) => promptKinds.map(namedIn(kinds, kindNames)) },
  useCases: {
    title: 'Use case',
    options: (facets) => [
      ...useCases.map(namedIn(facets.useCases, useCaseNames)),
      { value: null, label: 'No use case', count: withoutUseCase(facets) },
    ],
  },
  splits: { title: 'Split', options: (facets) => splits.map(namedIn(facets.splits, splitNames)) },
  authors: {
    title: 'Author',
    options: ({ authors }) =>
      authors.map(({ name, count }) => ({ value: name, label: name ?? 'No author', count })),
  },
  sources: {
    title: 'Source',
    options: ({ sources }) => sources.map(({ name, count }) => ({ value: name, label: name, count })),
  },
};

export const facetIds = Object.keys(facetTable) as FacetId[];

const namedIn =
  <Id extends PromptKind | UseCase | Split>(
    counts: Readonly<Record<string, number>>,
    names: Readonly<Record<Id, string>>,
  ) =>
  (value: Id): FacetOption => ({ value, label: names[value], count: counts[value] ?? 0 });

/** Prompts that no use case counts. */
export const withoutUseCase = ({ total, useCases: counts }: Facets): number =>
  total - useCases.reduce((sum, useCase) => sum + (counts[useCase] ?? 0), 0);

export const chosenIn = (filter: PromptFilter, facet: FacetId): readonly (string | null)[] =>
  filter[facet] ?? [];

/** The filter with exactly these chosen in a facet; none stands for all. */
export function withChosen(
  filter: PromptFilter,
  facet: FacetId,
  values: readonly (string | null)[],
): PromptFilter {
  const others = without(filter, facet);
  return values.length === 0 ? others : { ...others, [facet]: values };
}

export function withToggled(filter: PromptFilter, facet: FacetId, value: string | null): PromptFilter {
  const chosen = chosenIn(filter, facet);
  const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
  return withChosen(filter, facet, next);
}

export function withSearch(filter: PromptFilter, search: string): PromptFilter {
  const others = without(filter, 'search');
  return search.trim() === '' ? others : { ...others, search };
}

export const isNarrowed = (filter: PromptFilter): boolean => Object.keys(filter).length > 0;

const names: Readonly<Record<string, string>> = { ...kindNames, ...useCaseNames, ...splitNames };

/** What the button of a facet says. */
export function facetLabel(filter: PromptFilter, facet: FacetId): string {
  const chosen = chosenIn(filter, facet);
  const [only] = chosen;
  const { title } = facetTable[facet];
  if (only === undefined) return title;
  return `${title}: ${chosen.length > 1 ? chosen.length : only === null ? 'none' : (names[only] ?? only)}`;
}
