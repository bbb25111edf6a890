import { answerOf } from '../model-answer.ts';
import { countTokens } from '../count-tokens.ts';
import { change, projectOf, type CallsOf, type Handlers } from '../service.ts';

export const demonstrateHandlers = {
  'demonstrate.item': (service, input) => projectOf(service).demonstrations.item(input),

  // A draft is no change of the project's: telling of every keystroke would have windows read all day.
  'demonstrate.saveDraft': async (service, input) => {
    await change(service, [], (project) => project.demonstrations.saveDraft(input));
    return {};
  },

  'demonstrate.submit': (service, input) =>
    change(service, ['demonstrations'], (project) => project.demonstrations.submit(input)),

  'demonstrate.skip': (service, input) =>
    change(service, ['demonstrations'], (project) => project.demonstrations.skip(input)),

  'demonstrate.flag': (service, input) =>
    change(service, ['demonstrations'], (project) => project.demonstrations.flag(input)),

  'demonstrate.modelAnswer': async (service, { model, prompt }) => ({
    text: await answerOf(service, model, prompt),
  }),

  'demonstrate.add': (service, input) =>
    change(service, ['prompts', 'demonstrations', 'rankings'], (project) =>
      project.demonstrations.add(input),
    ),

  'demonstrate.counts': (service, input) => projectOf(service).demonstrations.counts(input),

  'demonstrate.countTokens': (_, { model, prompt, text }) => countTokens(model, prompt, text),
} satisfies Handlers<CallsOf<'demonstrate'>>;
