import { listModels } from '../model-folders.ts';
import { listRuns, runsOf } from '../runs.ts';
import type { CallsOf, Handlers } from '../service.ts';

export const modelHandlers = {
  'models.list': ({ open, addedModels, starter }) =>
    listModels(starter.model, open.project ? listRuns(runsOf(open.project)) : [], addedModels.list()),

  'models.add': ({ addedModels, announcer }, { path }) => {
    const folder = addedModels.add(path);
    announcer.changed('models');
    return folder;
  },

  'models.forget': ({ addedModels, announcer }, { path }) => {
    addedModels.forget(path);
    announcer.changed('models');
    return {};
  },
} satisfies Handlers<CallsOf<'models'>>;
