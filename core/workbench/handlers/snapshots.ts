import { changeInThread, projectOf, readInThread, type CallsOf, type Handlers } from '../service.ts';

export const snapshotHandlers = {
  'snapshots.list': (service) => projectOf(service).snapshots.list(),

  'snapshots.create': (service, input) => changeInThread(service, ['snapshots'], 'snapshots.create', input),

  'snapshots.rebuild': (service, input) => readInThread(service, 'snapshots.rebuild', input),
} satisfies Handlers<CallsOf<'snapshots'>>;
