/** Rewriting (politely, in the past, with another word) and summaries. */
import { castSlots, story } from '../stories.ts';
import { render, tidy } from '../text.ts';
import { WORLD } from '../world.ts';
import type { Draft, TaskKind } from './kind.ts';
import { text } from './kind.ts';

/** Orders, as a rude or hasty person gives them. */
export const ORDERS = [
  'give me the {thing}',
  'bring me some {food}',
  'open the door',
  'carry my {thing}',
  'come to the {place}',
  'look for my {animal}',
  'clean the {thing}',
  'sit down',
  'help {friend} with the {thing}',
  'wait at the door',
  'show me the {thing}',
  'feed the {animal}',
];

export const POLITE_WAYS = ['Please {order}.', 'Could you please {order}?', 'Would you please {order}?'];

const makePolite: TaskKind = {
  name: 'polite',
  useCase: 'rewrite',
  weight: 4,
  isShort: true,
  make(stream) {
    const order = render(stream, stream.pick(ORDERS), castSlots(stream, story(stream).cast));
    const insult = stream.pick(['', '', ', you fool', ' and shut up']);
    const plain = order.charAt(0).toLowerCase() + order.slice(1);
    return {
      request: render(
        stream,
        `[Make this polite|Say this in a polite way|Write this in a polite way]: "${order}${insult}!"`,
      ),
      args: { order: plain },
      needs: [
        { type: 'target', texts: POLITE_WAYS.map((way) => way.replace('{order}', plain)) },
        { type: 'phrases', any: ['please', 'thank you'], count: 1 },
      ],
      optional: [
        { type: 'start', phrase: stream.pick(['Please', 'Could']) },
        { type: 'sentences', count: 1 },
      ],
      words: [3, 16],
    };
  },
  answer: (stream, args) => stream.pick(POLITE_WAYS).replace('{order}', text(args, 'order')),
};

/** Sentences in the present and the past. */
export const TENSES: readonly (readonly [string, string])[] = [
  ['{Hero} walks {to}.', '{Hero} walked {to}.'],
  ['{Hero} looks for the {thing}.', '{Hero} looked for the {thing}.'],
  ['{Hero} sees a {animal} {at}.', '{Hero} saw a {animal} {at}.'],
  ['{Hero} makes some {food}.', '{Hero} made some {food}.'],
  ['{Hero} helps {friend} {at}.', '{Hero} helped {friend} {at}.'],
  ['{Hero} gives {friend} a {thing}.', '{Hero} gave {friend} a {thing}.'],
  ['{Hero} eats some {food} with {friend}.', '{Hero} ate some {food} with {friend}.'],
  ['{Hero} plays with the {animal}.', '{Hero} played with the {animal}.'],
  ['{Hero} brings {friend} some {food}.', '{Hero} brought {friend} some {food}.'],
  ['{Hero} sings a song {at}.', '{Hero} sang a song {at}.'],
];

/** A rewriting whose result is fixed. */
function rewriting(request: string, result: string): Draft {
  return {
    request,
    args: { result },
    needs: [{ type: 'target', texts: [result] }],
    optional: [{ type: 'sentences', count: 1 }],
    words: [4, 16],
  };
}

const makePast: TaskKind = {
  name: 'past',
  useCase: 'rewrite',
  weight: 3,
  isShort: true,
  make(stream) {
    const [now, then] = stream.pick(TENSES);
    const slots = castSlots(stream, story(stream).cast);
    const request = render(stream, `[Write this in the past|Say this in the past]: "${now}"`, slots);
    return rewriting(request, render(stream, then, slots));
  },
  answer: (_, args) => text(args, 'result'),
};

const replaceWord: TaskKind = {
  name: 'replace',
  useCase: 'rewrite',
  weight: 3,
  isShort: true,
  make(stream) {
    const kind = stream.pick(['animal', 'thing', 'place'] as const);
    const [, line] = stream.pick(
      TENSES.filter(([, then]) => then.includes(`{${kind}}`)).concat(REPLACEABLE[kind]),
    );
    const slots = castSlots(stream, story(stream).cast);
    const other = stream.pick(WORLD[kind].filter(({ name }) => name !== slots[kind])).name;
    return rewriting(
      tidy(
        `${stream.pick(['Write', 'Say'])} this with "${other}" and not "${slots[kind]!}": "${render(stream, line, slots)}"`,
      ),
      render(stream, line, { ...slots, [kind]: other }),
    );
  },
  answer: (_, args) => text(args, 'result'),
};

const REPLACEABLE: Readonly<Record<'animal' | 'thing' | 'place', (readonly [string, string])[]>> = {
  animal: [['', '{Hero} followed a {animal} {at}.']],
  thing: [['', '{Hero} lost {his} {thing} {at}.']],
  place: [['', '{Hero} and {friend} met near the {place}.']],
};

const summarize: TaskKind = {
  name: 'summary',
  useCase: 'summarization',
  weight: 1,
  isShort: false,
  make(stream) {
    const told = story(stream, { sentences: 3 + stream.integer(2) });
    const ways =
      '[Write this story in one sentence|Say this story in one sentence|Tell this story in one short sentence]:';
    return {
      request: `${render(stream, ways)} ${told.sentences.join(' ')}`,
      args: { summary: told.summary },
      needs: [
        { type: 'target', texts: [told.summary, `In short, ${told.summary}`] },
        { type: 'mentions', words: [told.cast.hero] },
      ],
      constraints: [{ type: 'sentences', count: 1 }],
      optional: [
        { type: 'words', most: 10 },
        { type: 'start', phrase: told.cast.hero },
        { type: 'start', phrase: 'In short' },
      ],
      words: [5, 18],
    };
  },
  answer: (_, args, constraints) => {
    const isShort = constraints.some((c) => c.type === 'start' && c.phrase === 'In short');
    return `${isShort ? 'In short, ' : ''}${text(args, 'summary')}`;
  },
};

export const REWRITING: readonly TaskKind[] = [makePolite, makePast, replaceWord, summarize];
