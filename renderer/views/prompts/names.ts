/** The words for what a prompt is, as the screen shows them. */
import {
  promptKinds,
  splits,
  useCases,
  type PromptKind,
  type Split,
  type UseCase,
} from '../../../core/contract/entities.ts';

export const kindNames: Readonly<Record<PromptKind, string>> = {
  plain: 'Plain',
  'few-shot': 'Few-shot',
  'user-based': 'User-based',
};

export const splitNames: Readonly<Record<Split, string>> = {
  train: 'Train',
  validation: 'Validation',
  test: 'Test',
};

export const useCaseNames: Readonly<Record<UseCase, string>> = {
  generation: 'Generation',
  'open qa': 'Open QA',
  brainstorming: 'Brainstorming',
  chat: 'Chat',
  rewrite: 'Rewrite',
  summarization: 'Summarization',
  classification: 'Classification',
  other: 'Other',
  'closed qa': 'Closed QA',
  extract: 'Extract',
};

/** Stands for "none" in a list whose ids are strings. */
export const NONE = '';

export const kindItems = promptKinds.map((id) => ({ id, label: kindNames[id] }));
export const splitItems = splits.map((id) => ({ id, label: splitNames[id] }));
export const useCaseItems = [
  { id: NONE, label: 'None' },
  ...useCases.map((id) => ({ id, label: useCaseNames[id] })),
] as const;

export const counted = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : nouns}`;
