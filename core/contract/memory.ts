/** What a run takes memory for, and what it is called. */
export const memoryParts = {
  weights: 'weights',
  adapters: 'adapters',
  gradients: 'gradients',
  moments: 'moments of AdamW',
  activations: 'activations',
  caches: 'generation',
  transfers: 'arrays in transit',
  process: 'program and data',
} as const;

export type MemoryPart = keyof typeof memoryParts;
