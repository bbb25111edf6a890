/** `1 item`, `2 items`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `512 bytes`, `1.5 MB`: by the powers of 1000 that disks are sold in. */
export function bytesWords(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const number = power === 0 ? bytes : Number((bytes / 1000 ** power).toPrecision(3));
  return `${number} ${UNITS[power]!}`;
}
