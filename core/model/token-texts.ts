import type { Tokenizer } from './tokenizer.ts';

/** Any text that a decoder treats as the middle of one: what follows it keeps its leading space. */
const BEFORE = 'a';
/** What a part of a character decodes to. */
const PART = '\uFFFD';

interface Known {
  readonly text: string;
  /** Whether it says the same whatever stands around it. */
  readonly plain: boolean;
}

/** The texts of single tokens, each worked out once. */
export class TokenTexts {
  readonly #tokenizer: Tokenizer;
  readonly #before: Int32Array;
  readonly #known = new Map<number, Known>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#before = tokenizer.encode(BEFORE);
  }

  /**
   * The text of a token as it stands within a text: with its leading space; a part of a character is \uFFFD, a
   * special token its name.
   */
  of(id: number): string {
    return this.#of(id).text;
  }

  /** What ids add to the text of those before them: as `Tokenizer.continuation` says, and faster. */
  continuation(before: ArrayLike<number>, ids: Int32Array): string {
    const said = this.#tokenizer.endIds.includes(ids.at(-1)!) ? ids.subarray(0, -1) : ids;
    const known = Array.from(said, (id) => this.#of(id));
    if (known.every(({ plain }) => plain)) return known.map(({ text }) => text).join('');
    return this.#tokenizer.continuation(before, ids);
  }

  #of(id: number): Known {
    const known = this.#known.get(id) ?? this.#read(id);
    this.#known.set(id, known);
    return known;
  }

  #read(id: number): Known {
    const text = this.#tokenizer.continuation(this.#before, [id]);
    if (text !== '') return { text, plain: !text.includes(PART) };
    // Within a text special tokens are skipped, and ids beyond the vocabulary have no text at all.
    return { text: this.#tokenizer.decode([id]) || `<${id}>`, plain: false };
  }
}
