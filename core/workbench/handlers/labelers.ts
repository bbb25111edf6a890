import { change, projectOf, type CallsOf, type Handlers } from '../service.ts';

export const labelerHandlers = {
  'labelers.list': (service) => projectOf(service).labelers.list(),

  'labelers.add': (service, input) => change(service, ['labelers'], (project) => project.labelers.add(input)),

  'labelers.change': (service, input) =>
    change(service, ['labelers'], (project) => project.labelers.change(input)),

  'labelers.choose': (service, input) =>
    change(service, ['labelers'], (project) => project.labelers.choose(input)),

  'labelers.report': (service) => projectOf(service).labelers.report(),

  'labelers.screening': (service) => projectOf(service).labelers.screening(),

  'labelers.setScreening': async (service, input) => {
    await change(service, ['labelers', 'rankings'], (project) => project.labelers.setScreening(input));
    return {};
  },
} satisfies Handlers<CallsOf<'labelers'>>;
