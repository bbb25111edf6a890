/** Whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812-1). */
export function hasLuhnDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + luhnTerm(Number(digit), i), 0);
  return sum % 10 === 0;
}

/** Every second digit from the right counts twice, its own digits summed. */
function luhnTerm(digit: number, fromRight: number): number {
  if (fromRight % 2 === 0) return digit;
  return digit > 4 ? 2 * digit - 9 : 2 * digit;
}

/** Characters of an account number, by country (ISO 13616 registry). */
const ibanLengths: Record<number, string> = {
  15: 'NO',
  16: 'BE',
  18: 'DK FI FO GL NL SD',
  19: 'MK SI',
  20: 'AT BA EE KZ LT LU MN XK',
  21: 'CH HR LI LV',
  22: 'BG BH CR DE GB GE IE ME RS VA',
  23: 'AE GI IL IQ OM SO TL',
  24: 'AD CZ ES MD PK RO SA SE SK TN VG',
  25: 'LY PT ST',
  26: 'IS TR',
  27: 'BI DJ FR GR IT MC MR SM',
  28: 'AL AZ BY CY DO GT HU LB NI PL SV',
  29: 'BR EG PS QA UA',
  30: 'JO KW MU YE',
  31: 'MT SC',
  32: 'LC',
  33: 'RU',
};

/** Whether a text, its blanks left out, has the length and the remainder of an account number (ISO 7064, mod 97-10). */
export function isIban(text: string): boolean {
  const characters = text.replaceAll(' ', '');
  if (!ibanLengths[characters.length]?.includes(characters.slice(0, 2))) return false;
  const turned = characters.slice(4) + characters.slice(0, 4);
  const digits = turned.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
