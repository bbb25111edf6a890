/** What tokens can be coloured by: its words, its unit, and where its scale has its middle. */
import type { TokenQuantity } from '../../../../core/contract/calls.ts';

export interface Quantity {
  readonly title: string;
  readonly meaning: string;
  /** A signed scale has its middle at 0; the other begins there and grows with the size of what is negative. */
  readonly signed: boolean;
}

export const quantities: Readonly<Record<TokenQuantity, Quantity>> = {
  kl: { title: 'KL', meaning: 'log π − log π_ref of the token, nats (k1)', signed: true },
  advantages: {
    title: 'Advantage',
    meaning: 'generalised advantage, whitened where the run does',
    signed: true,
  },
  values: { title: 'Value', meaning: 'what the value model expected before the token', signed: true },
  rewards: { title: 'Reward', meaning: '−β·KL, and the score on the last token', signed: true },
  returns: { title: 'Return', meaning: 'advantage before whitening plus value', signed: true },
  logprobs: { title: 'Log-probability', meaning: 'log π when it was sampled, nats', signed: false },
  referenceLogprobs: { title: 'Reference log-probability', meaning: 'log π_ref, nats', signed: false },
};

export const quantityNames = Object.keys(quantities) as TokenQuantity[];
