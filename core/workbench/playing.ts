import type { CallArguments, PlayedAnswer, PlayReading } from '../contract/calls.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { promptOf } from '../data/conversation.ts';
import { counted } from '../data/words.ts';
import { describeModel } from '../model/model.ts';
import { suggestedSampling } from '../model/generation-config.ts';
import { countTokens, textsOf } from './count-tokens.ts';
import { requireModel } from './model-folders.ts';
import type { Service } from './service.ts';
import { requireSameTokens } from './sources.ts';
import type { TextOptions } from './texts.ts';

type Question = CallArguments<'play.ask'>;

/** Queues a question to some models; their answers come as `play` events, each of which has an end. */
export function ask({ interactive, emit }: Service, question: Question): string {
  const { messages, models, rewardModel, samples, maxTokens: wanted, ...settings } = question;
  checkModels(question);
  const prompt = promptOf(messages);
  const folders = rewardModel === null ? models : [...models, rewardModel];
  const maxTokens = Math.min(wanted, ...folders.map((folder) => roomIn(folder, prompt, settings)));
  const unfinished = new Map<string, PlayedAnswer>();
  const work = interactive.add({
    kind: 'play',
    title: `Ask ${counted(models.length, 'model')}`,
    total: models.length * samples,
    task: { kind: 'play', models, prompt, rewardModel, samples, maxTokens, ...settings },
    onResult: (result) => {
      if (result.type !== 'played') return Promise.resolve();
      const { model, sample, text, state, tokens, reward } = result;
      const answer = { work, model, sample, text, state, tokens, reward };
      const key = `${model} ${sample}`;
      if (state === 'writing') unfinished.set(key, answer);
      else unfinished.delete(key);
      emit('play', answer);
      return Promise.resolve();
    },
    onEnded: () => {
      for (const answer of unfinished.values()) emit('play', { ...answer, state: 'cut' });
    },
  });
  return work;
}

function checkModels({ models, rewardModel }: Question): void {
  for (const model of models) requireModel(model, 'language', 'answers are written by');
  if (rewardModel === null) return;
  requireModel(rewardModel, 'scalar', 'answers are scored by');
  const described = (where: string) => ({ model: describeModel(where), where });
  for (const model of models) requireSameTokens(described(rewardModel), described(model));
}

/** The exact text that a model reads of a conversation, and what is known of how it reads. */
export function read({ model, messages, chatTemplate }: CallArguments<'play.read'>): PlayReading {
  requireModel(model, 'language', 'answers are written by');
  const texts = textsOf(model, { chatTemplate });
  const ids = messages.length === 0 ? new Int32Array() : texts.prompt(promptOf(messages));
  const { temperature = null, topP = null, topK = null } = suggestedSampling(model);
  return {
    hasTemplate: texts.tokenizer.chatTemplate !== undefined,
    takesSystem: texts.chatTemplate?.takesSystem ?? false,
    suggested: { temperature, topP, topK },
    text: texts.tokenizer.decode(ids),
    tokens: ids.length,
  };
}

/** Most tokens of an answer. */
function roomIn(folder: string, prompt: string, options: TextOptions): number {
  const { prompt: tokens, context } = countTokens(folder, prompt, '', options);
  if (tokens < context) return context - tokens;
  throw new ConfigurationError(
    `the conversation has ${tokens} tokens, which leaves no room for an answer in the context of ${context} of ${folder}: shorten it or begin a new one`,
  );
}
