import { DataError } from '../../contract/errors.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Cuts the elements out of a JSON list, be it the whole text or one field of an object, without holding the rest. */
export class ElementScanner {
  readonly #name: string;
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** How deep the list lies that is being read; 0 outside one. */
  #listDepth = 0;
  #lists = 0;
  #count = 0;
  #started: Buffer[] = [];

  /** The name is that of the file, for errors. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The elements that end in the next part of the text. */
  read(chunk: Buffer): Buffer[] {
    const elements: Buffer[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (this.#inText) this.#readText(byte);
      else if (byte === QUOTE) this.#inText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (this.#opens(byte)) start = i + 1;
      } else if (this.#ends(byte)) {
        const element = Buffer.concat([...this.#started, chunk.subarray(start, i)]);
        if (byte === COMMA || !isBlank(element)) elements.push(element);
        this.#started = [];
        start = i + 1;
      }
      if (!this.#inText) this.#close(byte);
    }
    if (this.#listDepth > 0) this.#started.push(chunk.subarray(start));
    this.#count += elements.length;
    return elements;
  }

  /** Throws a `DataError` where the text cannot end here. */
  end(): void {
    if (this.#depth > 0 || this.#inText)
      throw new DataError(
        `${this.#name} ends inside row ${this.#count + 1}: it was cut off, so get the whole file`,
      );
    if (this.#lists === 0)
      throw new DataError(`${this.#name} holds no list of rows: choose a file with a JSON list of objects`);
  }

  #readText(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inText = false;
  }

  /** Whether the list of rows begins here. */
  #opens(byte: number): boolean {
    this.#depth++;
    if (byte !== OPEN_LIST || this.#listDepth > 0 || this.#depth > 2) return false;
    if (++this.#lists > 1)
      throw new DataError(`${this.#name} holds more than one list: keep only the list of rows`);
    this.#listDepth = this.#depth;
    return true;
  }

  #ends(byte: number): boolean {
    return this.#listDepth > 0 && this.#depth === this.#listDepth && (byte === COMMA || byte === CLOSE_LIST);
  }

  #close(byte: number): void {
    if (byte !== CLOSE_LIST && byte !== CLOSE_OBJECT) return;
    if (this.#depth === this.#listDepth) this.#listDepth = 0;
    this.#depth--;
    if (this.#depth < 0)
      throw new DataError(
        `${this.#name} goes on after its list of rows: it closes a bracket that it never opened`,
      );
  }
}

const isBlank = (bytes: Buffer): boolean => bytes.toString('latin1').trim() === '';
