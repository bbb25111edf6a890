/** A prompt as it is being written. */
import type { Prompt, PromptFields } from '../../../core/contract/entities.ts';

export const emptyDraft: PromptFields = {
  text: '',
  kind: 'plain',
  useCase: null,
  author: null,
  split: 'train',
};

export const draftOf = ({ text, kind, useCase, author, split }: Prompt): PromptFields => ({
  text,
  kind,
  useCase,
  author,
  split,
});

/** The fields of a draft that differ from what is stored. */
export function changedFields(draft: PromptFields, stored: PromptFields): Partial<PromptFields> {
  const next = { ...draft, author: draft.author?.trim() || null };
  const names = Object.keys(next) as (keyof PromptFields)[];
  return Object.fromEntries(
    names.filter((name) => next[name] !== stored[name]).map((name) => [name, next[name]]),
  );
}

export const isChanged = (draft: PromptFields, stored: PromptFields): boolean =>
  Object.keys(changedFields(draft, stored)).length > 0;

/** As it goes to the workbench. */
export const cleaned = (draft: PromptFields): PromptFields => ({
  ...draft,
  author: draft.author?.trim() || null,
});

/** The draft when something else is stored: what the person changed stays, the rest follows. */
export function rebased(draft: PromptFields, before: PromptFields, now: PromptFields): PromptFields {
  return { ...now, ...changedFields(draft, before) };
}
