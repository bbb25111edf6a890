import { useCases, useCaseShares, type UseCase } from '../../../core/contract/entities.ts';
import type { Facets } from './filters.ts';
import { withoutUseCase } from './filters.ts';

export interface Proportion {
  readonly useCase: UseCase;
  readonly count: number;
  /** Of the prompts that have a use case, 0 to 1. */
  readonly share: number;
  /** InstructGPT's share, 0 to 1. */
  readonly expected: number;
}

export interface Proportions {
  readonly rows: readonly Proportion[];
  /** Prompts that have a use case. */
  readonly counted: number;
  readonly without: number;
  /** The share of prompts that would have to change their use case to match InstructGPT's, 0 to 1. */
  readonly distance: number;
}

/** The table's shares add up to 99.9. */
const EXPECTED_SUM = Object.values(useCaseShares).reduce((sum, share) => sum + share, 0);

/** How the use cases of prompts compare with those of InstructGPT's. */
export function proportionsOf(facets: Facets): Proportions {
  const without = withoutUseCase(facets);
  const counted = facets.total - without;
  const rows = useCases.map((useCase) => {
    const count = facets.useCases[useCase] ?? 0;
    const expected = useCaseShares[useCase] / EXPECTED_SUM;
    return { useCase, count, share: counted === 0 ? 0 : count / counted, expected };
  });
  return { rows, counted, without, distance: counted === 0 ? 0 : distanceOf(rows) };
}

/** Total variation: 1/2 Σ |p - q|. */
const distanceOf = (rows: readonly Proportion[]): number =>
  rows.reduce((sum, { share, expected }) => sum + Math.abs(share - expected), 0) / 2;

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)}%`;
