/** Chat: kind replies to small talk and to questions, whatever the tone. */
import type { Cast } from '../stories.ts';
import { castSlots, story } from '../stories.ts';
import { render } from '../text.ts';
import { FACTS, RELATIONS, WORLD, ask, entity, state } from '../world.ts';
import type { TaskKind } from './kind.ts';
import { text } from './kind.ts';

interface Talk {
  readonly said: string;
  readonly reply: string;
  readonly phrases: readonly string[];
  /** The part of the cast that the reply must name. */
  readonly about?: keyof Cast;
}

/** What people say to one another, and what a kind person replies. */
export const TALKS: readonly Talk[] = [
  {
    said: '[I am sad because|I am sad.] I lost my {thing}.',
    reply: 'I am sorry [to hear that|about your {thing}]. I hope you find [it|your {thing}] soon.',
    phrases: ['sorry', 'i hope', 'i can help'],
  },
  {
    said: '[Thank you|Thank you very much] for the {thing}!',
    reply: 'You are welcome. I am [happy|glad] that you like the {thing}.',
    phrases: ['you are welcome', 'glad', 'happy'],
    about: 'thing',
  },
  {
    said: '[Do you want to|Can you] come {to} with me?',
    reply:
      '[Yes, thank you|Yes, please|Thank you for asking]. I would [love|be happy] to come {to} with you.',
    phrases: ['yes', 'thank you', 'i would'],
    about: 'place',
  },
  {
    said: 'Do you want some {food}?',
    reply: '[Yes, please|Yes, thank you|Thank you very much]. I would love some {food}.',
    phrases: ['yes', 'thank you', 'i would', 'please'],
    about: 'food',
  },
  {
    said: '[My {animal} is sick.|I am afraid. My {animal} is sick.]',
    reply: 'I am sorry to hear that. I hope your {animal} will be well soon.',
    phrases: ['sorry', 'i hope', 'i can help'],
    about: 'animal',
  },
  {
    said: '[Hello! I am new in the village.|Good morning! I am new here.]',
    reply: '[Hello|Good morning] and welcome! I am happy to meet you.',
    phrases: ['welcome', 'hello', 'good morning', 'happy to meet you'],
  },
  {
    said: '[You are stupid!|You silly fool!|Go away!|Shut up!] I am angry about my {thing}.',
    reply: 'I am sorry that you are angry. [Can I help you with your {thing}|How can I help you]?',
    phrases: ['sorry', 'help you'],
  },
];

const chatWays =
  '[{v} says|A friend says|A visitor says|{v} says to you]: "{said}" [Reply|Answer|Please reply] in a [polite|friendly|kind] way.';

const smallTalk: TaskKind = {
  name: 'talk',
  useCase: 'chat',
  weight: 5,
  isShort: true,
  make(stream) {
    const talk = stream.pick(TALKS);
    const { cast } = story(stream);
    const slots = castSlots(stream, cast);
    const said = render(stream, talk.said, slots);
    return {
      request: render(stream, chatWays, { v: cast.hero, said }),
      args: { ...cast, talk: TALKS.indexOf(talk) },
      needs: [
        { type: 'phrases', any: talk.phrases, count: 2 },
        ...(talk.about ? [{ type: 'mentions', words: [cast[talk.about]] } as const] : []),
      ],
      optional: [{ type: 'sentences', count: 2 }],
      words: [6, 24],
    };
  },
  answer: (stream, args) =>
    render(stream, TALKS[Number(args['talk'])]!.reply, castSlots(stream, args as unknown as Cast)),
};

const GREETINGS = [
  'Hello!',
  'Good morning!',
  'Hello! Can you help me?',
  'I have a question.',
  'You fool!',
] as const;

const askedInTalk: TaskKind = {
  name: 'talk question',
  useCase: 'chat',
  weight: 4,
  isShort: true,
  make(stream) {
    const fact = stream.pick(FACTS);
    const said = `${stream.pick(GREETINGS)} ${ask(stream, fact)}`;
    return {
      request: render(stream, chatWays, { v: stream.pick(WORLD.villager).name, said }),
      args: { subject: fact.subject.name, relation: fact.relation.name, value: fact.value },
      needs: [
        { type: 'claims', subject: fact.subject.name, relation: fact.relation.name, count: 1 },
        {
          type: 'phrases',
          any: ['hello', 'good morning', 'yes', 'happy to help', 'have a nice day', 'thank you'],
          count: 1,
        },
      ],
      words: [4, 24],
    };
  },
  answer(stream, args) {
    const relation = RELATIONS.find(
      (r) => r.of === entity(text(args, 'subject')).kind && r.name === args['relation'],
    )!;
    const said = state(stream, {
      subject: entity(text(args, 'subject')),
      relation,
      value: text(args, 'value'),
    });
    return render(
      stream,
      `[Hello! ${said}|Hello! ${said} Have a nice day!|I am happy to help. ${said}|Good morning! ${said}]`,
    );
  },
};

export const CHAT: readonly TaskKind[] = [smallTalk, askedInTalk];
