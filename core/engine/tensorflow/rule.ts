import type { NodeOf, Op, Tensor } from '../../graph/tensor.ts';
import type { DeviceTensor, Library } from './library.ts';
import type { Sizes } from './sizes.ts';
import type { Tables } from './tables.ts';

/** What a rule may use besides its inputs. */
export interface Context {
  readonly tf: Library;
  readonly sizes: Sizes;
  readonly tables: Tables;
  /** Runs the body of a loop once over the tensors of an iteration, which it then frees. */
  readonly iterate: (given: ReadonlyMap<Tensor, DeviceTensor>) => Promise<DeviceTensor[]>;
}

type Results = DeviceTensor | readonly DeviceTensor[];

/** Computes the outputs of one op as tensors of their own: what it is given is freed by others. */
export type Rule<K extends Op> = (
  node: NodeOf<K>,
  inputs: readonly DeviceTensor[],
  context: Context,
) => Results | Promise<Results>;
