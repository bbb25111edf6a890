/** Which models columns begin with, out of those there are: the starter's first, then those of the newest run. */
import type { Model } from '../sampling/models.ts';

/** What came last, after what it is most asked to be compared with: the run before it, or the base model. */
export function firstModels(models: readonly Model[]): string[] {
  const newest = models.find(({ run }) => run !== null);
  const before = models.find(({ run }) => run !== null && run.path !== newest?.run?.path);
  const first = [before ?? models[0], newest].flatMap((model) => (model ? [model.path] : []));
  return [...new Set(first)];
}

/** The model of a further column: one that is not asked yet, since the same would answer the same. */
export const nextModel = (
  models: readonly Model[],
  columns: readonly { readonly model: string }[],
): string | undefined => models.find(({ path }) => columns.every(({ model }) => model !== path))?.path;
