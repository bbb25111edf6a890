import { join } from 'node:path';
import { Project } from '../../project/project.ts';
import { change, type CallsOf, type Handlers } from '../service.ts';
import { ensureStarter } from '../starter-project.ts';

export const projectHandlers = {
  'projects.recent': ({ recent }) => recent.list(),

  'projects.forget': ({ recent }, { path }) => {
    recent.forget(path);
    return {};
  },

  'project.create': ({ open }, { path, name }) => open.open(path, () => Project.create(path, name).close()),

  'project.open': ({ open }, { path }) => open.open(path),

  'project.openStarter': ({ open, settings }) => {
    const path = join(settings.value.dataFolder, 'starter');
    return open.open(path, () => ensureStarter(path));
  },

  'project.current': ({ open }) => open.project?.summary() ?? null,

  'project.close': async ({ open }) => {
    await open.close();
    return {};
  },

  'project.setGuidelines': async (service, { text }) => {
    await change(service, [], (project) => project.setGuidelines(text));
    service.announceProject();
    return {};
  },
} satisfies Handlers<CallsOf<'project' | 'projects'>>;
