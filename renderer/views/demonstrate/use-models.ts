import type { CallOutput } from '../../../core/contract/calls.ts';
import { useCall } from '../../stores/use-call.ts';
import { useDemonstrate } from './demonstrate-store.ts';

type Model = CallOutput<'models.list'>[number];

/** The language models of the project, and the chosen one: the first until another is chosen. */
export function useModels(): { readonly models: readonly Model[]; readonly model: Model | undefined } {
  const chosen = useDemonstrate((state) => state.model);
  const all = useCall('models.list', {}).data ?? [];
  const models = all.filter(({ head }) => head === 'language');
  return { models, model: models.find(({ path }) => path === chosen) ?? models[0] };
}
