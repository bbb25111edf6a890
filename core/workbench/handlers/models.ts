import { listedModels, nameModels } from '../model-names.ts';
import { requireAbsolute } from '../paths.ts';
import type { CallsOf, Handlers } from '../service.ts';

export const modelHandlers = {
  'models.list': listedModels,

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

  'models.export': (service, request) => {
    requireAbsolute(request.out);
    const [named] = nameModels(service, [request.model]);
    return { work: service.exports.begin(request, `Export ${named!.name}`) };
  },
} satisfies Handlers<CallsOf<'models'>>;
