/** Questions about the world (open), about a text (closed), extraction from a text, and classification. */
import type { RandomStream } from '../../data/random.ts';
import type { Cast, Story } from '../stories.ts';
import { story } from '../stories.ts';
import { choose, listing, render, some, tidy } from '../text.ts';
import type { Entity, Fact } from '../world.ts';
import { FACTS, WORLD, ask, entity, factsOf, state } from '../world.ts';
import type { Draft, TaskKind } from './kind.ts';
import { list, sentenceCount, text } from './kind.ts';

const factOf = (subject: Entity, relation: string): Fact[] =>
  factsOf(subject).filter((fact) => fact.relation.name === relation);

const openQuestion: TaskKind = {
  name: 'question',
  useCase: 'open qa',
  weight: 1,
  isShort: true,
  make(stream) {
    const fact = stream.pick(FACTS);
    const subject = fact.subject.name;
    const ways = '[||||Please answer this question: |Answer the question: |Please tell me: ]';
    return {
      request: tidy(`${choose(stream, ways)}${ask(stream, fact)}`),
      args: { subject, relation: fact.relation.name, value: fact.value },
      needs: [{ type: 'claims', subject, relation: fact.relation.name, count: 1 }],
      optional: [
        { type: 'sentences', count: 1 },
        { type: 'sentences', count: 1 },
        { type: 'sentences', count: 2 },
        { type: 'words', most: 10 },
      ],
      words: [3, 14],
    };
  },
  answer(stream, args, constraints) {
    const subject = entity(text(args, 'subject'));
    const facts = factOf(subject, text(args, 'relation'));
    const asked = facts.find(({ value }) => value === args['value']) ?? facts[0]!;
    const others = factsOf(subject).filter(({ value }) => value !== asked.value);
    const extra = sentenceCount(constraints) === 2 && others.length > 0 ? [stream.pick(others)] : [];
    return [asked, ...extra].map((fact) => state(stream, fact)).join(' ');
  },
};

/** A question about a plot, the part of the cast that answers it, and the sentence of the answer. */
const PLOT_QUESTIONS: readonly (readonly [string, string, keyof Cast, string])[] = [
  ['lost', 'who found the {thing}?', 'friend', '{Friend} found the {thing}.'],
  ['lost', 'what did {hero} lose?', 'thing', '{Hero} lost {his} {thing}.'],
  ['lost', 'who lost the {thing}?', 'hero', '{Hero} lost the {thing}.'],
  ['care', 'who saw the {animal}?', 'hero', '{Hero} saw the {animal}.'],
  ['care', 'which animal did {hero} see?', 'animal', '{Hero} saw a {animal}.'],
  ['gift', 'what did {friend} get?', 'thing', '{Friend} got a {thing}.'],
  ['gift', 'who got the {thing}?', 'friend', '{Friend} got the {thing}.'],
  ['gift', 'who gave the {thing} to {friend}?', 'hero', '{Hero} gave the {thing} to {friend}.'],
  ['meal', 'what did {hero} make?', 'food', '{Hero} made some {food}.'],
  ['meal', 'who made the {food}?', 'hero', '{Hero} made the {food}.'],
  ['trip', 'where did they walk?', 'place', 'They walked {to}.'],
  ['quarrel', 'what did they both want?', 'thing', 'They both wanted the {thing}.'],
  ['night', 'what made the sound?', 'animal', 'A {animal} made the sound.'],
  ['work', 'who helped {hero}?', 'friend', '{Friend} helped {him}.'],
  ['lesson', 'who helped {hero}?', 'friend', '{Friend} helped {him}.'],
  ['work', 'where did {hero} work?', 'place', '{Hero} worked {at}.'],
];

/** A question about a story and its answer. */
export function storyQuestion(
  stream: RandomStream,
  told: Story,
): { question: string; answer: string; key: keyof Cast } {
  const rows = PLOT_QUESTIONS.filter(([plot]) => plot === told.plot);
  const [, question, key, answer] = stream.pick(rows);
  return { question: render(stream, question, told.slots), answer: render(stream, answer, told.slots), key };
}

export function askableStory(stream: RandomStream, sentences: number): Story {
  const plots = [...new Set(PLOT_QUESTIONS.map(([plot]) => plot))];
  return story(stream, { plot: stream.pick(plots), sentences });
}

const KIND_OF: Readonly<Record<keyof Cast, Entity['kind']>> = {
  hero: 'villager',
  friend: 'villager',
  animal: 'animal',
  place: 'place',
  thing: 'thing',
  food: 'food',
};

const textQuestion: TaskKind = {
  name: 'text question',
  useCase: 'closed qa',
  weight: 1,
  isShort: false,
  make(stream) {
    const told = askableStory(stream, 3);
    const { question, answer, key } = storyQuestion(stream, told);
    const value = told.cast[key];
    const rivals = WORLD[KIND_OF[key]].filter(({ name, many }) => name !== value && many !== value);
    const passage = told.sentences.join(' ');
    return {
      request: stream.pick([
        `Read the text. ${passage} ${question}`,
        `Text: ${passage} Question: ${question}`,
      ]),
      args: { answer, ...told.cast },
      needs: [
        { type: 'choice', accept: [value], reject: rivalsOutside(rivals, answer) },
        { type: 'target', texts: [answer] },
      ],
      optional: [
        { type: 'sentences', count: 1 },
        { type: 'words', most: 8 },
      ],
      words: [3, 14],
    };
  },
  answer: (_, args) => text(args, 'answer'),
};

/** Other entities of the kind of the answer, less those that the answer must name. */
const rivalsOutside = (rivals: readonly Entity[], answer: string): string[] =>
  rivals.map(({ name }) => name).filter((name) => !answer.includes(name));

const EXTRACTS = [
  ['villager', 'people'],
  ['animal', 'animals'],
  ['thing', 'things'],
] as const;

/** A sentence with people, animals and things, to pick from. */
export function crowdedText(stream: RandomStream): { passage: string; found: Record<string, string[]> } {
  const names = (kind: Entity['kind'], count: number): string[] =>
    some(stream, WORLD[kind], count).map((e) => e.name);
  const found = { villager: names('villager', 2), animal: names('animal', 2), thing: names('thing', 2) };
  const order = stream.shuffle([...found.animal, ...found.thing]);
  const seen = order.map((word) => `a ${word}`);
  const at = stream.pick(WORLD.place).one;
  const opening = stream.pick([
    `${listing(found.villager)} were ${at}`,
    `${listing(found.villager)} met ${at}`,
  ]);
  const inOrder = Object.entries(found).map(([kind, names]) => [
    kind,
    kind === 'villager' ? names : order.filter((n) => names.includes(n)),
  ]);
  return {
    passage: tidy(`${opening}. They saw ${listing(seen)}.`),
    found: Object.fromEntries(inOrder) as Record<string, string[]>,
  };
}

const extract: TaskKind = {
  name: 'extract',
  useCase: 'extract',
  weight: 1,
  isShort: true,
  make(stream) {
    const { passage, found } = crowdedText(stream);
    const [kind, word] = stream.pick(EXTRACTS);
    const of = found[kind]!;
    const not = WORLD[kind].map(({ name }) => name).filter((name) => !of.includes(name));
    const which = render(stream, `[List|Find|Write down|Name] the ${word} in this text:`);
    return {
      request: `${which} ${passage}`,
      args: { word, items: of.map((name) => (kind === 'villager' ? name : `a ${name}`)) },
      needs: [
        { type: 'members', of, not, count: of.length },
        { type: 'mentions', words: [word] },
      ],
      optional: [{ type: 'sentences', count: 1 }],
      words: [4, 14],
    };
  },
  answer: (stream, args) =>
    render(stream, `The ${text(args, 'word')} [are|in the text are] ${listing(list(args, 'items'))}.`),
};

export const TONES: readonly (readonly [string, string])[] = [
  ['polite', 'Please come in.'],
  ['polite', 'Thank you for your help.'],
  ['polite', 'Could you please open the door?'],
  ['polite', 'I am sorry that I am late.'],
  ['polite', 'Please sit down and have some tea.'],
  ['polite', 'You are very kind.'],
  ['rude', 'Go away, you silly fool!'],
  ['rude', 'Shut up!'],
  ['rude', 'You are stupid.'],
  ['rude', 'Give it to me, you fool!'],
  ['rude', 'I do not care about you.'],
  ['rude', 'What a stupid question!'],
];

export const MOODS: readonly (readonly [string, string])[] = [
  ['happy', '{Hero} got a new {thing} and smiled.'],
  ['happy', '{Hero} laughed and sang a song.'],
  ['happy', '{Hero} danced with {his} {animal}.'],
  ['sad', '{Hero} lost {his} {thing} and cried.'],
  ['sad', '{Hero} was alone and cried.'],
  ['sad', 'The {animal} of {hero} was sick, and {he} cried.'],
];

/** Which of two words is right: the shape of every classification here. */
function choice(request: string, right: string, wrong: readonly string[], answer: string): Draft {
  return {
    request,
    args: { answer },
    needs: [
      { type: 'choice', accept: [right, `${right}s`], reject: wrong.flatMap((word) => [word, `${word}s`]) },
    ],
    optional: [
      { type: 'sentences', count: 1 },
      { type: 'words', most: 6 },
    ],
    words: [3, 12],
  };
}

function classification(name: string, weight: number, make: (stream: RandomStream) => Draft): TaskKind {
  const answer: TaskKind['answer'] = (stream, args) => render(stream, text(args, 'answer'));
  return { name, useCase: 'classification', weight, isShort: true, make, answer };
}

const classifyKind = classification('kind', 5, (stream) => {
  const { name, one, facts } = stream.pick([...WORLD.animal, ...WORLD.food]);
  const right = facts['kind']![0]!;
  const domain = entity(name).kind === 'animal' ? WORLD.animal : WORLD.food;
  const others = [...new Set(domain.map((e) => e.facts['kind']![0]!))].filter((kind) => kind !== right);
  const wrong = some(stream, others, 1 + stream.integer(2));
  const [first, ...rest] = stream.shuffle([right, ...wrong]).map((kind) => `a ${kind}`);
  const kinds = [...rest.slice(0, -1).map((kind) => `, ${kind}`), ` or ${rest.at(-1)!}`].join('');
  return choice(tidy(`is ${one} ${first!}${kinds}?`), right, others, `${one} is a ${right}.`);
});

const classifyTone = classification('tone', 2, (stream) => {
  const [right, said] = stream.pick(TONES);
  const wrong = right === 'polite' ? 'rude' : 'polite';
  const speaker = stream.pick(WORLD.villager).name;
  const request = render(stream, `[Is {v} polite or rude|Is this polite or rude]? {v} says: "${said}"`, {
    v: speaker,
  });
  return choice(request, right, [wrong], `[This is ${right}|${speaker} is ${right}].`);
});

const classifyMood = classification('mood', 3, (stream) => {
  const [right, line] = stream.pick(MOODS);
  const told = story(stream);
  const wrong = right === 'happy' ? 'sad' : 'happy';
  const { hero } = told.cast;
  const request = render(stream, `is ${hero} happy or sad? ${line}`, told.slots);
  return choice(request, right, [wrong], `${hero} is ${right}.`);
});

export const QUESTIONS: readonly TaskKind[] = [
  openQuestion,
  textQuestion,
  extract,
  classifyKind,
  classifyTone,
  classifyMood,
];
