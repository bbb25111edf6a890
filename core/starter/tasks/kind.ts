import type { RandomStream } from '../../data/random.ts';
import type { UseCase } from '../../contract/entities.ts';
import type { Arguments, Constraint, Need } from '../task.ts';

/** One thing to do, before the prompt adds its constraints. */
export interface Draft {
  readonly request: string;
  readonly args: Arguments;
  readonly needs: readonly Need[];
  /** Constraints that the request already states. */
  readonly constraints?: readonly Constraint[];
  /** Constraints that a prompt may add. */
  readonly optional?: readonly Constraint[];
  readonly words: readonly [number, number];
}

/** A kind of task: how to ask for it, and how a person answers. */
export interface TaskKind {
  readonly name: string;
  readonly useCase: UseCase;
  /** How often it occurs within its use case. */
  readonly weight: number;
  /** Whether request and answer are short enough for a few-shot prompt. */
  readonly isShort: boolean;
  make(stream: RandomStream): Draft;
  answer(stream: RandomStream, args: Arguments, constraints: readonly Constraint[]): string;
}

export const text = (args: Arguments, key: string): string => String(args[key]);
export const list = (args: Arguments, key: string): readonly string[] => args[key] as readonly string[];

/** The count of the `sentences` constraint, if there is one. */
export function sentenceCount(constraints: readonly Constraint[]): number | undefined {
  return constraints.find((constraint) => constraint.type === 'sentences')?.count;
}
