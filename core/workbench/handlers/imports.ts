import { projectOf, readInThread, type CallsOf, type Handlers } from '../service.ts';

export const importHandlers = {
  'import.begin': (service, { file, path }) => ({
    id: service.imports.begin(projectOf(service).path, file, path),
  }),

  'import.append': ({ imports }, { id, bytes }) => {
    imports.append(id, bytes);
    return {};
  },

  'import.inspect': ({ imports }, { id }) => imports.perform(id, { step: 'inspect' }),

  'import.check': ({ imports }, { id, mapping }) => imports.perform(id, { step: 'check', mapping }),

  'import.commit': async ({ imports, announcer }, { id, ...order }) => {
    const report = await imports.perform(id, { step: 'commit', ...order });
    announcer.changed('prompts', 'demonstrations', 'rankings', 'labelers');
    return report;
  },

  'import.cancel': async ({ imports }, { id }) => {
    await imports.cancel(id);
    return {};
  },

  'export.write': (service, input) => readInThread(service, 'export.write', input),
} satisfies Handlers<CallsOf<'import' | 'export'>>;
