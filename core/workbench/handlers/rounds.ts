import { queueRoundSamples } from '../evaluating.ts';
import { requireModel } from '../model-folders.ts';
import { nameModels } from '../model-names.ts';
import { roundsOf } from '../rounds.ts';
import { change, type CallsOf, type Handlers } from '../service.ts';

export const roundHandlers = {
  'rounds.list': roundsOf,

  'rounds.start': async (service, { policy }) => {
    requireModel(policy, 'language', 'a round begins with');
    const [named] = nameModels(service, [policy]);
    const { id } = await change(service, ['rounds'], ({ rounds }) => rounds.start(named!));
    return roundsOf(service).find((round) => round.id === id)!;
  },

  'rounds.annotate': async (service, input) => {
    await change(service, ['rounds'], ({ rounds }) => rounds.annotate(input));
    return {};
  },

  'rounds.remove': (service, input) => change(service, ['rounds'], ({ rounds }) => rounds.remove(input)),

  'rounds.sample': (service, input) => ({ work: queueRoundSamples(service, input) }),
} satisfies Handlers<CallsOf<'rounds'>>;
