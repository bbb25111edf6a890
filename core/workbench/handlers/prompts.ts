import { change, changeInThread, projectOf, readInThread, type CallsOf, type Handlers } from '../service.ts';

/** What changes where prompts do: they carry the queues. */
const parts = ['prompts', 'demonstrations', 'rankings'] as const;

export const promptHandlers = {
  'prompts.page': (service, input) => projectOf(service).prompts.page(input),

  'prompts.facets': (service, { filter }) => projectOf(service).prompts.facets(filter),

  'prompts.add': (service, { prompts }) => change(service, parts, (project) => project.prompts.add(prompts)),

  'prompts.edit': (service, input) => change(service, parts, (project) => project.prompts.edit(input)),

  'prompts.remove': (service, input) => changeInThread(service, parts, 'prompts.remove', input),

  'prompts.duplicates': (service, input) => readInThread(service, 'prompts.duplicates', input),

  'prompts.personalData': (service, input) => readInThread(service, 'prompts.personalData', input),

  'prompts.redact': (service, input) => changeInThread(service, parts, 'prompts.redact', input),

  'prompts.beyondAuthorLimit': (service, input) => projectOf(service).prompts.beyondAuthorLimit(input),

  'prompts.splitByAuthor': (service, input) => changeInThread(service, parts, 'prompts.splitByAuthor', input),

  'changes.undo': (service, input) =>
    changeInThread(service, [...parts, 'labelers', 'evaluations', 'rounds'], 'changes.undo', input),

  'changes.lastLabel': (service, input) => projectOf(service).changes.lastLabel(input),
} satisfies Handlers<CallsOf<'prompts' | 'changes'>>;
