import { basename } from 'node:path';
import { listModels, type ModelFolder } from './model-folders.ts';
import { samePath } from './paths.ts';
import { listRuns, runsOf } from './runs.ts';
import type { Service } from './service.ts';

export interface NamedModel {
  readonly path: string;
  readonly name: string;
}

/** The models there are: also those of the project, where one is open. */
export const listedModels = ({ starter, open, addedModels }: Service): ModelFolder[] =>
  listModels(starter.model, open.project ? listRuns(runsOf(open.project)) : [], addedModels.list());

/** Models by the names that lists show them under. */
export function nameModels(service: Service, paths: readonly string[]): NamedModel[] {
  const models = listedModels(service);
  const nameOf = (path: string) => models.find((model) => samePath(model.path, path))?.name;
  return paths.map((path) => ({ path, name: nameOf(path) ?? basename(path) }));
}
