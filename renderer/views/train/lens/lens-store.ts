/** The token under the pointer or the keyboard: written often, so outside of what draws the rollouts. */
import { create } from 'zustand';

interface LensState {
  /** Of all tokens of the step; null for none. */
  readonly token: number | null;
}

export const useLens = create<LensState>(() => ({ token: null }));

export const pointAt = (token: number | null): void => {
  if (useLens.getState().token !== token) useLens.setState({ token });
};
