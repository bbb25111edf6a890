/** Calls that read or change so much of a project that they are answered in a thread of their own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CallArguments, CallResult } from '../../contract/calls.ts';
import { exactGroups, prefixGroups } from '../../data/duplicates.ts';
import { findPersonalData } from '../../data/personal-data.ts';
import { reportEvaluation } from '../../evaluation/evaluation-report.ts';
import { Project } from '../../project/project.ts';
import { fromError, type ThreadError } from './thread-errors.ts';

export type ThreadCall =
  | 'changes.undo'
  | 'prompts.duplicates'
  | 'prompts.personalData'
  | 'prompts.redact'
  | 'prompts.remove'
  | 'prompts.splitByAuthor'
  | 'evaluations.report'
  | 'export.write'
  | 'snapshots.create'
  | 'snapshots.rebuild';

export interface ThreadQuestion {
  readonly name: ThreadCall;
  readonly input: CallArguments<ThreadCall>;
}

export type ThreadAnswer = { readonly output: CallResult<ThreadCall> } | { readonly error: ThreadError };

type Answers = { readonly [N in ThreadCall]: (project: Project, input: CallArguments<N>) => CallResult<N> };

const answers: Answers = {
  'changes.undo': ({ changes }, { change }) => changes.undo(change),
  'prompts.duplicates': ({ prompts }, { kind, prefix }) => {
    const texts = prompts.texts();
    const groups = kind === 'exact' ? exactGroups(texts) : prefixGroups(texts, prefix);
    return { groups, surplus: groups.reduce((total, group) => total + group.length - 1, 0) };
  },
  'prompts.personalData': ({ prompts }) =>
    prompts
      .texts()
      .flatMap(({ id, text }) => findPersonalData(text).map((finding) => ({ promptId: id, ...finding }))),
  'prompts.redact': ({ prompts }, { findings }) => prompts.redact(findings),
  'prompts.remove': ({ prompts }, input) => prompts.remove(input),
  'prompts.splitByAuthor': ({ prompts }, input) => prompts.splitByAuthor(input),
  'evaluations.report': ({ evaluations }, { id }) => reportEvaluation(evaluations.results(id)),
  'export.write': ({ exports }, input) => exports.write(input),
  'snapshots.create': ({ snapshots }, input) => snapshots.create(input),
  'snapshots.rebuild': ({ snapshots }, input) => snapshots.rebuild(input),
};

const project = Project.attach(workerData as string);

function answer({ name, input }: ThreadQuestion): ThreadAnswer {
  try {
    // The caller has matched the input to the name.
    const give = answers[name] as (project: Project, input: unknown) => CallResult<ThreadCall>;
    return { output: give(project, input) };
  } catch (error) {
    return { error: fromError(error) };
  }
}

parentPort!.on('message', (question: ThreadQuestion) => parentPort!.postMessage(answer(question)));
