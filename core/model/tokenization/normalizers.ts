import { z } from 'zod';
import { makePart, maker, type Makers } from './parts.ts';
import { compiled, Pattern, SPACE } from './patterns.ts';
import { readCharsmap } from './charsmap.ts';

export type Normalize = (text: string) => string;

const None = z.looseObject({});
const form = (name: 'NFC' | 'NFD' | 'NFKC' | 'NFKD') =>
  maker(None, (): Normalize => (text) => text.normalize(name));

/** Letter by letter: a capital sigma at the end of a word becomes no other letter than elsewhere. */
const lowercase: Normalize = (text) => Array.from(text, (character) => character.toLowerCase()).join('');

const normalizers: Makers<Normalize> = {
  Sequence: maker(z.looseObject({ normalizers: z.array(z.unknown()) }), ({ normalizers }) => {
    const parts = normalizers.map(makeNormalizer);
    return (text) => parts.reduce((normal, normalize) => normalize(normal), text);
  }),
  NFC: form('NFC'),
  NFD: form('NFD'),
  NFKC: form('NFKC'),
  NFKD: form('NFKD'),
  Lowercase: maker(None, () => lowercase),
  StripAccents: maker(None, () => (text) => text.replace(/\p{M}/gu, '')),
  Prepend: maker(
    z.looseObject({ prepend: z.string() }),
    ({ prepend }) =>
      (text) =>
        prepend + text,
  ),
  Replace: maker(z.looseObject({ pattern: Pattern, content: z.string() }), ({ pattern, content }) => {
    const found = compiled(pattern);
    // A function, for "$&" and its like in a replacement are to stay as they are.
    return (text) => text.replace(found, () => content);
  }),
  Strip: maker(
    z.looseObject({ strip_left: z.boolean(), strip_right: z.boolean() }),
    ({ strip_left: left, strip_right: right }) => {
      const [before, after] = [new RegExp(`^${SPACE}+`, 'u'), new RegExp(`${SPACE}+$`, 'u')];
      return (text) => {
        const begun = left ? text.replace(before, '') : text;
        return right ? begun.replace(after, '') : begun;
      };
    },
  ),
  BertNormalizer: maker(
    z.looseObject({
      clean_text: z.boolean(),
      handle_chinese_chars: z.boolean(),
      strip_accents: z.boolean().nullish(),
      lowercase: z.boolean(),
    }),
    bert,
  ),
  Precompiled: maker(z.looseObject({ precompiled_charsmap: z.string() }), ({ precompiled_charsmap: map }) =>
    readCharsmap(Buffer.from(map, 'base64')),
  ),
};

interface Bert {
  readonly clean_text: boolean;
  readonly handle_chinese_chars: boolean;
  readonly strip_accents?: boolean | null | undefined;
  readonly lowercase: boolean;
}

/** As BERT's own tokenization: characters of control, Han characters, accents, case, each where it is asked for. */
function bert(options: Bert): Normalize {
  const steps: [boolean, Normalize][] = [
    [options.clean_text, cleaned],
    [options.handle_chinese_chars, (text) => text.replace(HAN, ' $& ')],
    [options.strip_accents ?? options.lowercase, (text) => text.normalize('NFD').replace(/\p{Mn}/gu, '')],
    [options.lowercase, lowercase],
  ];
  const asked = steps.filter(([isAsked]) => isAsked).map(([, step]) => step);
  return (text) => asked.reduce((normal, step) => step(normal), text);
}

const HAN =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

const cleaned: Normalize = (text) =>
  text.replace(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\0\ufffd]/gu, '').replace(/\p{White_Space}/gu, ' ');

/** Throws an `Error` that says what of it cannot be used. */
export const makeNormalizer = (part: unknown): Normalize => makePart('normalizer', normalizers, part);
