/**
 * The pretraining corpus: everything that is written in the village.
 *
 * Stories, facts, lists, talks (polite and rude), letters, signs, rambling, and exercise sheets: pages of
 * instructions and questions, one a line, which nobody has answered. All the knowledge and every skill that the
 * prompts ask for is here in some other form; an instruction with its answer below it is not. A base model thus
 * continues a prompt with more instructions, and a few hundred demonstrations teach it to answer.
 */
import type { RandomStream } from '../data/random.ts';
import { randomStream } from '../data/random.ts';
import { FILLERS, RUDE_SENTENCES } from './lexicon.ts';
import { castSlots, story } from './stories.ts';
import { anyNote, signText } from './tasks/generation.ts';
import { MOODS, TONES, askableStory, crowdedText, storyQuestion } from './tasks/questions.ts';
import { anyTask } from './tasks/tasks.ts';
import { CLASSES, IDEAS, listIdeas, listMembers } from './tasks/brainstorming.ts';
import { TALKS } from './tasks/chat.ts';
import { JOINED, fitSentence } from './tasks/other.ts';
import { ORDERS, POLITE_WAYS, TENSES } from './tasks/rewriting.ts';
import { capitalise, listing, render, some, tidy, weighted } from './text.ts';
import type { Entity } from './world.ts';
import { ENTITIES, FACTS, WORLD, ask, factsOf, state } from './world.ts';

type Writer = (stream: RandomStream) => string;

const times = (count: number, write: () => string, joint = ' '): string =>
  Array.from({ length: count }, write).join(joint);

const person = (stream: RandomStream): string => stream.pick(WORLD.villager).name;

const tale: Writer = (stream) => {
  const wanted =
    stream.uniform() < 0.4
      ? { animal: stream.pick(WORLD.animal).name, thing: stream.pick(WORLD.thing).name }
      : {};
  const told = story(stream, { wanted, sentences: 2 + stream.integer(4) });
  const text = told.sentences.join(' ');
  return stream.uniform() < 0.3 ? `${text} In short, ${told.summary}` : text;
};

const tales: Writer = (stream) => times(1 + stream.integer(2), () => tale(stream), '\n');

/** A story, and people who talk about it. */
const taleWithQuestions: Writer = (stream) => {
  const told = askableStory(stream, 3);
  const turns = times(1 + stream.integer(2), () => {
    const { question, answer } = storyQuestion(stream, told);
    return exchange(stream, question, answer);
  });
  return `${told.sentences.join(' ')} ${turns}`;
};

const SAYS = '[said|answered]';

/** Two people who are not spoken of. */
function bystanders(stream: RandomStream, text: string): string[] {
  const names = WORLD.villager.map(({ name }) => name).filter((name) => !text.includes(name));
  return some(stream, names, 2);
}

/** A question and its answer, both spoken. */
function exchange(stream: RandomStream, question: string, answer: string): string {
  const [asker, teller] = bystanders(stream, question + answer);
  const spoken = answer.replace(/\.$/, ',');
  return render(
    stream,
    stream.pick([
      `"${question}" asked ${asker!}. "${spoken}" ${SAYS} ${teller!}.`,
      `${asker!} asked, "${question}" ${teller!} ${SAYS}, "${answer}"`,
    ]),
  );
}

const RUDE_SHARE = 0.25;
const KIND_MANNERS = [
  '{}',
  'Hello! {}',
  'Hello! {} Have a nice day!',
  'I am happy to help. {}',
  'Good morning! {}',
];

/** Questions about the world between two people, some of them rude. */
const questionTalk: Writer = (stream) =>
  times(2 + stream.integer(3), () => {
    const fact = stream.pick(FACTS);
    const isRude = stream.uniform() < RUDE_SHARE;
    const manner = isRude ? `${stream.pick(RUDE_SENTENCES)} {}` : stream.pick(KIND_MANNERS);
    return exchange(stream, ask(stream, fact), manner.replace('{}', state(stream, fact)));
  });

const smallTalk: Writer = (stream) =>
  times(2, () => {
    const { said, reply } = stream.pick(TALKS);
    const slots = castSlots(stream, story(stream).cast);
    const [a, b] = bystanders(stream, '');
    const answer = stream.uniform() < RUDE_SHARE ? stream.pick(RUDE_SENTENCES) : render(stream, reply, slots);
    return tidy(`${a!} said, "${render(stream, said, slots)}" ${b!} said, "${answer}"`);
  });

/** Everything about one subject. */
function portrait(stream: RandomStream, subject: Entity): string {
  return stream
    .shuffle(factsOf(subject))
    .map((fact) => state(stream, fact))
    .join(' ');
}

const portraits: Writer = (stream) =>
  some(stream, ENTITIES, 2 + stream.integer(3))
    .map((subject) => portrait(stream, subject))
    .join(' ');

const mixedFacts: Writer = (stream) => times(6 + stream.integer(5), () => state(stream, stream.pick(FACTS)));

/** Everyone's or everything's value of one relation. */
const comparison: Writer = (stream) => {
  const { relation } = stream.pick(FACTS);
  const facts = FACTS.filter((fact) => fact.relation === relation);
  return some(stream, facts, 8)
    .map((fact) => state(stream, fact))
    .join(' ');
};

const classes: Writer = (stream) =>
  times(3 + stream.integer(3), () => {
    const { name, members } = stream.pick(CLASSES);
    return listMembers(
      stream,
      name,
      some(stream, members, 2 + stream.integer(Math.min(3, members.length - 1))),
    );
  });

const headedList: Writer = (stream) => {
  const { name, members } = stream.pick(CLASSES);
  const items = some(stream, members, 3 + stream.integer(3)).map(({ many }) => capitalise(many));
  return `${capitalise(name)}:\n${items.join('\n')}`;
};

const ideas: Writer = (stream) =>
  times(3, () => {
    const occasion = stream.pick(Object.keys(IDEAS));
    return listIdeas(stream, occasion, some(stream, IDEAS[occasion]!, 2 + stream.integer(3)));
  });

const letters: Writer = (stream) => times(1 + stream.integer(3), () => anyNote(stream), '\n');

const signs: Writer = (stream) =>
  times(2 + stream.integer(2), () => signText(stream, stream.pick(WORLD.place)), '\n');

/** The same wish said rudely and politely. */
const politeWays: Writer = (stream) =>
  times(3, () => {
    const slots = castSlots(stream, story(stream).cast);
    const order = render(stream, stream.pick(ORDERS), slots);
    const polite = stream
      .pick(POLITE_WAYS)
      .replace('{order}', order.charAt(0).toLowerCase() + order.slice(1));
    const insult = stream.pick(['', ', you fool', ' and shut up']);
    return render(
      stream,
      `{hero} said, "${order}${insult}!" Then {hero} said it in a polite way: "${polite}"`,
      slots,
    );
  });

const tenses: Writer = (stream) =>
  times(3, () => {
    const [now, then] = stream.pick(TENSES);
    const slots = castSlots(stream, story(stream).cast);
    return render(stream, `Every day {hero} says, "${now}" In the past, "${then}"`, slots);
  });

/** A sentence said again with one word exchanged. */
const exchanges: Writer = (stream) =>
  times(2, () => {
    const kind = stream.pick(['animal', 'thing'] as const);
    const [, line] = stream.pick(TENSES.filter(([, then]) => then.includes(`{${kind}}`)));
    const slots = castSlots(stream, story(stream).cast);
    const other = stream.pick(WORLD[kind]).name;
    const [a, b] = [render(stream, line, slots), render(stream, line, { ...slots, [kind]: other })];
    return `${a} With "${other}" and not "${slots[kind]!}" it is: ${b}`;
  });

const manners: Writer = (stream) =>
  times(4, () => {
    const [tone, said] = stream.pick(TONES);
    const who = person(stream);
    return render(stream, `${who} says, "${said}" [This is ${tone}|${who} is ${tone}].`);
  });

const moods: Writer = (stream) =>
  times(4, () => {
    const [mood, line] = stream.pick(MOODS);
    return render(stream, `${line} {hero} is ${mood}.`, castSlots(stream, story(stream).cast));
  });

const crowds: Writer = (stream) =>
  times(2, () => {
    const { passage, found } = crowdedText(stream);
    const named = (kind: string): string =>
      listing(found[kind]!.map((name) => (kind === 'villager' ? name : `a ${name}`)));
    const rows = [
      `The people are ${named('villager')}.`,
      `The animals are ${named('animal')}.`,
      `The things are ${named('thing')}.`,
    ];
    return tidy(`${passage} ${some(stream, rows, 2).join(' ')}`);
  });

const orders: Writer = (stream) =>
  times(3, () => {
    const chosen = some(stream, WORLD.day, 3 + stream.integer(2));
    const days = WORLD.day.filter((day) => chosen.includes(day)).map(({ name }) => name);
    return render(stream, `[The days are|In order, the days are] ${listing(days)}.`);
  });

const words: Writer = (stream) =>
  times(4, () =>
    stream.uniform() < 0.5
      ? fitSentence(stream)
      : render(stream, stream.pick(JOINED), castSlots(stream, story(stream).cast)),
  );

/** Talk that goes nowhere. */
const rambling: Writer = (stream) =>
  times(3 + stream.integer(4), () =>
    weighted(stream, [
      [3, () => stream.pick(FILLERS) as string],
      [1, () => state(stream, stream.pick(FACTS))],
      [1, () => story(stream).summary],
    ])(),
  );

/** A page of exercises. */
const sheet: Writer = (stream) => times(4 + stream.integer(4), () => anyTask(stream).request, '\n');

const WRITERS: readonly (readonly [number, Writer])[] = [
  [18, tales],
  [6, taleWithQuestions],
  [9, questionTalk],
  [5, smallTalk],
  [12, portraits],
  [5, mixedFacts],
  [5, comparison],
  [4, classes],
  [1, headedList],
  [3, ideas],
  [5, letters],
  [3, signs],
  [3, politeWays],
  [2, tenses],
  [2, exchanges],
  [2, manners],
  [2, moods],
  [2, crowds],
  [1, orders],
  [2, words],
  [3, rambling],
  [11, sheet],
];

const PADDED_SHARE = 0.1;

/** One document of the corpus: the same seed and index always give the same text. */
export function corpusDocument(seed: number, index: number): string {
  const stream = randomStream(seed, 'corpus', index);
  const writer = weighted(stream, WRITERS);
  const text = writer(stream);
  const isPadded = writer !== sheet && stream.uniform() < PADDED_SHARE;
  return isPadded ? `${text} ${some(stream, FILLERS, 1 + stream.integer(2)).join(' ')}` : text;
}

/** The documents of the corpus, in order. */
export function* corpus(seed: number, documents: number): Generator<string> {
  for (let index = 0; index < documents; index++) yield corpusDocument(seed, index);
}
