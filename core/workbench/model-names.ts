import { basename } from 'node:path';
import { listModels } from './model-folders.ts';
import { samePath } from './paths.ts';
import { listRuns, runsOf } from './runs.ts';
import { projectOf, type Service } from './service.ts';

export interface NamedModel {
  readonly path: string;
  readonly name: string;
}

/** Models by the names that lists show them under. */
export function nameModels(service: Service, paths: readonly string[]): NamedModel[] {
  const models = listModels(
    service.starter.model,
    listRuns(runsOf(projectOf(service))),
    service.addedModels.list(),
  );
  const nameOf = (path: string) => models.find((model) => samePath(model.path, path))?.name;
  return paths.map((path) => ({ path, name: nameOf(path) ?? basename(path) }));
}
