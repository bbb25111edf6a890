/** Texts that say the same, or begin alike. Case and white space do not count, nor do variants of one character. */
export interface Identified {
  readonly id: number;
  readonly text: string;
}

/** Groups of two or more equal texts, by id, in the order given. */
export function exactGroups(items: Iterable<Identified>): number[][] {
  return groupsBy(items, folded);
}

/** Groups of two or more texts whose first `prefix` characters are equal, by id, in the order given. */
export function prefixGroups(items: Iterable<Identified>, prefix: number): number[][] {
  return groupsBy(items, (text) => {
    const start = foldedStart(text, prefix);
    return start.length < prefix ? undefined : start.slice(0, prefix);
  });
}

/** How far a cut can change what stands before it: letters join with the marks after them. */
const MARGIN = 16;

/** At least the first characters of a folded text; most texts are much longer than that, and need not be folded whole. */
function foldedStart(text: string, length: number): string {
  const start = folded(text.trimStart().slice(0, 2 * (length + MARGIN)));
  return start.length >= length + MARGIN ? start : folded(text);
}

function groupsBy(items: Iterable<Identified>, key: (text: string) => string | undefined): number[][] {
  const groups = new Map<string, number[]>();
  for (const { id, text } of items) {
    const name = key(text);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(id);
    else groups.set(name, [id]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Lower case and then upper, so that ß and ss are one, and so are the sigmas. */
function folded(text: string): string {
  // Single spaces, which are nearly all, stay as they are.
  return text
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .replace(/\s{2,}|[^\S ]/g, ' ')
    .trim();
}
