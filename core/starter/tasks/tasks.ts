/** All kinds of task, and the work of asking for one and answering it well. */
import type { RandomStream } from '../../data/random.ts';
import { metNeed } from '../needs.ts';
import type { UseCase } from '../../contract/entities.ts';
import type { Constraint, Task } from '../task.ts';
import { metBy, phraseOf } from '../task.ts';
import { weighted } from '../text.ts';
import { BRAINSTORMING } from './brainstorming.ts';
import { CHAT } from './chat.ts';
import { GENERATION } from './generation.ts';
import type { TaskKind } from './kind.ts';
import { OTHER } from './other.ts';
import { QUESTIONS } from './questions.ts';
import { REWRITING } from './rewriting.ts';

const KINDS: readonly TaskKind[] = [
  ...GENERATION,
  ...QUESTIONS,
  ...BRAINSTORMING,
  ...CHAT,
  ...REWRITING,
  ...OTHER,
];
const byName = new Map(KINDS.map((kind) => [kind.name, kind]));

/** How many of the requests that can take a further constraint do take one. */
const CONSTRAINED = 0.5;

/** How often an answer is drafted until it meets every constraint. */
const DRAFTS = 24;
const TOLERANCE = 0.05;

/** Whether a request and its answer fit an example of a few-shot prompt. */
export function isShort(task: Task): boolean {
  return byName.get(task.kind)!.isShort;
}

/** A task of one kind, asked for in words; the constraints it may carry are its own and at most one more. */
function makeTask(stream: RandomStream, kind: TaskKind): Task {
  const draft = kind.make(stream);
  const options = draft.optional ?? [];
  const isConstrained = options.length > 0 && stream.uniform() < CONSTRAINED;
  const added: Constraint[] = isConstrained ? [stream.pick(options)] : [];
  return {
    kind: kind.name,
    useCase: kind.useCase,
    args: draft.args,
    needs: draft.needs,
    constraints: [...(draft.constraints ?? []), ...added],
    words: draft.words,
    request: [draft.request, ...added.map((constraint) => phraseOf(stream, constraint))].join(' '),
  };
}

/** A task of a use case, or of any. */
export function anyTask(stream: RandomStream, useCase?: UseCase, shortOnly = false): Task {
  const kinds = KINDS.filter((k) => (!useCase || k.useCase === useCase) && (!shortOnly || k.isShort));
  return makeTask(
    stream,
    weighted(
      stream,
      kinds.map((kind) => [kind.weight, kind] as const),
    ),
  );
}

/** A further task of the same kind, as an example. */
export function similarTask(stream: RandomStream, task: Task): Task {
  return makeTask(stream, byName.get(task.kind)!);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** A careful answer: drafted until it does everything that is asked for. */
export function goodAnswer(stream: RandomStream, task: Task): string {
  const kind = byName.get(task.kind)!;
  const wanted = task.constraints.length + task.needs.length - TOLERANCE;
  let best = { text: '', met: -1 };
  for (let draft = 0; draft < DRAFTS && best.met < wanted; draft++) {
    const text = kind.answer(stream, task.args, task.constraints);
    const met = total(
      task.constraints.map((c) => metBy(c, text)).concat(task.needs.map((n) => metNeed(n, text))),
    );
    if (met > best.met) best = { text, met };
  }
  return best.text;
}

/** An answer that overlooks the constraints. */
export function carelessAnswer(stream: RandomStream, task: Task): string {
  return byName.get(task.kind)!.answer(stream, task.args, []);
}
