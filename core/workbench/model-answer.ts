import { ConfigurationError, ProjectError, TrainingError } from '../contract/errors.ts';
import { countTokens } from './count-tokens.ts';
import { requireModel } from './model-folders.ts';
import { projectOf, type Service } from './service.ts';

/** Most tokens of an answer. */
const LONGEST = 256;

/** One completion of a prompt, for a labeler to begin from; another one each time it is asked for. */
export function answerOf(service: Service, model: string, id: number): Promise<string> {
  if (!service.settings.value.labeling.startFromModel)
    throw new ConfigurationError("starting from a model's answer is off: switch it on in the settings");
  requireModel(model, 'language', 'completions are sampled from');
  const prompt = projectOf(service).prompts.get(id);
  if (!prompt) throw new ProjectError(`there is no prompt ${id}: it was removed`);
  const { prompt: tokens, context } = countTokens(model, prompt.text, '');
  if (tokens >= context)
    throw new ConfigurationError(
      `prompt ${id} has ${tokens} tokens, which leaves no room in a context of ${context}`,
    );
  return ask(service, model, { id, text: prompt.text }, Math.min(LONGEST, context - tokens));
}

function ask(
  { interactive, board }: Service,
  model: string,
  prompt: { readonly id: number; readonly text: string },
  maxTokens: number,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const settings = { completions: 1, temperature: 1, topP: 1, maxTokens, seed: Date.now() };
  const work = interactive.add({
    kind: 'sample',
    title: `Answer prompt ${prompt.id}`,
    total: 1,
    task: { kind: 'sample', models: [model], prompts: [prompt], ...settings },
    onResult: (result) => {
      if (result.type === 'sampled') resolve(result.completions[0]!.text);
      return Promise.resolve();
    },
    onEnded: () => reject(new TrainingError(`there is no answer: ${board.get(work)!.message}`)),
  });
  return promise;
}
