import { create } from 'zustand';
import type { TokenQuantity } from '../../../../core/contract/calls.ts';
import type { Order } from './rollout-table.ts';

/** How rollouts are shown: the same at every step and for every run, until it is changed. */
export interface LensView {
  readonly quantity: TokenQuantity;
  readonly order: Order;
  readonly descending: boolean;
  readonly search: string;
  /** Prints the numbers under the tokens. */
  readonly numbers: boolean;
}

export const useLensView = create<LensView>(() => ({
  quantity: 'kl',
  order: 'index',
  descending: false,
  search: '',
  numbers: false,
}));

interface LensState {
  /** Of all tokens of the step; null for none. */
  readonly token: number | null;
}

/** The token under the pointer or the keyboard: written often, so outside of what draws the rollouts. */
export const useLens = create<LensState>(() => ({ token: null }));

export const pointAt = (token: number | null): void => {
  if (useLens.getState().token !== token) useLens.setState({ token });
};
