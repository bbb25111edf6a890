/** GPT-2's pattern, with the reference's white space. */
export const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Each byte as a visible character: itself where it prints, else one from U+0100 on, in order. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  let next = 0x100;
  const prints = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(prints(byte) ? byte : next++));
}

const byteOf = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** The bytes of a text, a visible character each. */
export const toByteCharacters = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => BYTE_CHARACTERS[byte]!).join('');

/** The bytes that a token of such characters stands for; of any other token its own. */
export function bytesOf(token: string): ArrayLike<number> {
  const bytes = Array.from(token, (character) => byteOf.get(character));
  return bytes.every((byte) => byte !== undefined) ? bytes : Buffer.from(token);
}
