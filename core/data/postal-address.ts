/** Postal addresses: a number and a street in capitals, with what follows; German streets; post-office boxes. */

/** Ends that are names of streets and little else. */
const STREET = 'Street|Avenue|Boulevard|Road|Lane|Parkway|Highway|Terrace|Crescent|Ave|Blvd|Rd|Ln|Pkwy|Hwy';
/** Ends that are words of their own: only before a mark, a unit or the end of the line. */
const DOUBTFUL = 'Drive|Court|Place|Square|Circle|Way|Close|Row|St|Dr|Ct|Pl|Sq|Cir';
const WORD = "(?:\\p{Lu}[\\p{L}'’.-]*|\\d{1,3}(?:st|nd|rd|th))";
const UNIT = ',? (?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room)\\.? ?#?|#)[\\dA-Z-]{1,6}\\b';
const TOWN = "(?:,\\s|\\s)?\\p{Lu}[\\p{L}'’.-]+(?: \\p{Lu}[\\p{L}'’.-]+){0,2}";
const CODE = ',? (?:[A-Z]{2},? \\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2})(?![\\p{L}\\p{N}])';

const NUMBERED = new RegExp(
  '(?<![\\p{L}\\p{N}.,:$€£#/-])(?<number>\\d{1,5}[A-Z]?) ' +
    `(?:${WORD} ){1,4}?(?:(?:${STREET})\\b|(?:${DOUBTFUL})\\b(?=\\.?(?:[,;:!?)]|\\s*$|\\s*\\n|\\.\\s|${UNIT})))\\.?` +
    `(?<unit>${UNIT})?(?<town>(?:${TOWN})?${CODE})?`,
  'gu',
);
const GERMAN =
  /(?<![\p{L}\p{N}])\p{Lu}[\p{L}-]*(?:straße|strasse|str\.|weg|allee|gasse|platz) \d{1,4}[a-z]?(?![\p{L}\p{N}%€]|[.,:]\p{N})(?:, \d{5} \p{Lu}\p{L}+)?/gu;
const BOX = /(?<![\p{L}\p{N}])P\.? ?O\.? ?Box \d{1,6}(?![\p{L}\p{N}])/gu;

export interface Address {
  readonly start: number;
  readonly text: string;
}

export function* findAddresses(text: string): Generator<Address> {
  for (const pattern of [NUMBERED, GERMAN, BOX])
    for (const match of text.matchAll(pattern))
      if (!isYear(match)) yield { start: match.index, text: match[0].replace(/\.$/, '') };
}

/** As in "the 1929 Wall Street crash": a year, unless more of an address follows. */
function isYear({ groups }: RegExpExecArray): boolean {
  if (groups === undefined || groups['unit'] !== undefined || groups['town'] !== undefined) return false;
  return /^(?:1[89]|20)\d{2}$/.test(groups['number']!);
}
