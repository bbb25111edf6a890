import { ask, read } from '../playing.ts';
import type { CallsOf, Handlers } from '../service.ts';

export const playHandlers = {
  'play.ask': (service, input) => ({ work: ask(service, input) }),
  'play.read': (_, input) => read(input),
} satisfies Handlers<CallsOf<'play'>>;
