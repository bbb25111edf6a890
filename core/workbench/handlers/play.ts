import { ask } from '../playing.ts';
import type { CallsOf, Handlers } from '../service.ts';

export const playHandlers = {
  'play.ask': (service, input) => ({ work: ask(service, input) }),
} satisfies Handlers<CallsOf<'play'>>;
