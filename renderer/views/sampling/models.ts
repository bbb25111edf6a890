import type { CallOutput } from '../../../core/contract/calls.ts';
import { useCall } from '../../stores/use-call.ts';

export type Model = CallOutput<'models.list'>[number];

interface Models {
  /** Completions are sampled from these. */
  readonly language: readonly Model[];
  /** Completions are scored by these. */
  readonly reward: readonly Model[];
}

/** The models of the project by what they are for; undefined until they are known. */
export function useModels(): { readonly models: Models | undefined; readonly error: string | undefined } {
  const { data, error } = useCall('models.list', {});
  return { models: data && byHead(data), error };
}

const byHead = (all: readonly Model[]): Models => ({
  language: all.filter(({ head }) => head === 'language'),
  reward: all.filter(({ head }) => head === 'scalar'),
});

export const modelItems = (models: readonly Model[]) =>
  models.map(({ path, name }) => ({ id: path, label: name }));

/** Stands for no reward model in a list whose ids are strings. */
export const NO_MODEL = '';

/** By its name where the project still has it, else by the end of its path. */
export const modelName = (models: readonly Model[], path: string): string =>
  models.find((model) => model.path === path)?.name ?? path.split(/[\\/]/).at(-1) ?? path;
