/**
 * Finds what may tell who a person is. What has a checksum is checked by it; what has none must look like nothing
 * else: years, versions, prices, times, book numbers and sums are passed over.
 */
import { isIPv6 } from 'node:net';
import type { z } from 'zod';
import type { PersonalDataFinding } from '../contract/calls.ts';
import { findAddresses } from './postal-address.ts';
import { hasLuhnDigit, isIban } from './checksums.ts';

export type PersonalDataKind = z.infer<typeof PersonalDataFinding>['kind'];

export interface PersonalData {
  readonly kind: PersonalDataKind;
  /** In UTF-16 units of the text, the end not included. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One way to find a kind: what matches, where nothing before or in it speaks against. */
interface Rule {
  readonly kind: PersonalDataKind;
  readonly pattern: RegExp;
  readonly accepts?: (match: string, before: string) => boolean;
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

const FILE_ENDINGS = /\.(?:png|jpe?g|gif|svg|webp|js|ts|css|html?|json|py|txt|md|zip|pdf)$/i;
const PHONE_WORD =
  /\b(?:phone|telephone|tel|mobile|cell|fax|whatsapp|call|(?:text|ring|sms) (?:me|us))(?:\s+(?:me|us|number|no))?[\s.:#]*(?:(?:at|on|is)\s+)?$/i;
const VERSION_WORD = /(?:\b(?:version|release|build|section|chapter|firmware|driver|update|v)|§)[\s.:#]*$/i;
const IP_WORD = /\b(?:ip|ipv4|address|host|server|router|gateway)\b[^.\n]{0,20}$/i;
const SSN_WORD = /(?:\bssn|social security)(?:\s+(?:number|no))?[\s.:#]*(?:is\s+)?$/i;

// Earlier rules win where two match: an account number holds what looks like a phone's.
const rules: readonly Rule[] = [
  {
    kind: 'e-mail',
    pattern:
      /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}][\p{L}\p{N}._%+'-]{0,63}@(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}@]|:\S)/gu,
    accepts: (match) => !FILE_ENDINGS.test(match) && !match.includes('.@') && !match.includes('..'),
  },
  {
    kind: 'iban',
    pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\p{L}\p{N}])/gu,
    accepts: isIban,
  },
  {
    kind: 'card',
    pattern:
      /(?<![\w.,$€£+-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|3\d{3}([ -]?)\d{6}\2\d{4,5})(?![\w-]|[.,]\d)/g,
    accepts: (match) => isCard(digitsOf(match)),
  },
  {
    kind: 'national id',
    // Social security numbers of the United States, less those that are never given out.
    pattern: /(?<![\w.-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-]|\.\d)/g,
    accepts: (match, before) => match.includes('-') || SSN_WORD.test(before),
  },
  {
    kind: 'national id',
    pattern: /(?<![\w.-])(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}(?![\w-]|[.,]\d)/g,
    accepts: (_, before) => SSN_WORD.test(before),
  },
  {
    kind: 'national id',
    // National insurance numbers of the United Kingdom.
    pattern:
      /(?<![\p{L}\p{N}])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?)\d{2}\1\d{2}\1\d{2}\1[A-D](?![\p{L}\p{N}])/gu,
  },
  {
    kind: 'ip address',
    pattern:
      /(?<![\w.-]|\w\/)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)/g,
    accepts: isPersonalIpv4,
  },
  {
    kind: 'ip address',
    pattern: /(?<![\w:.])(?=[0-9a-f]{0,3}\d)[23f][0-9a-f]{3}:[0-9a-f:]{2,34}(?![\w:])/gi,
    accepts: (match) => isIPv6(match),
  },
  {
    kind: 'phone',
    pattern:
      /(?<![\w+.]|[\d)\]=] ?)(?:\+|00 ?(?=[1-9]))[1-9]\d{0,2}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]?\d{1,5}){2,6}(?![\w-]|[.,:]\d)/g,
    accepts: (match) => isInternational(digitsOf(match).replace(/^00/, '')),
  },
  {
    kind: 'phone',
    // North America: an area and an exchange begin with 2 or more.
    pattern:
      /(?<![\w.+$-]|\d )(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([-. ]))[2-9]\d{2}[-. ]\d{4}(?![\w-]|[.,:]\d)/g,
    accepts: (match, before) => /^(?:1.)?\(|[-.].*[-.]/.test(match) || PHONE_WORD.test(before),
  },
  {
    kind: 'phone',
    // Elsewhere: a zero, an area, and groups parted by blanks.
    pattern:
      /(?<![\w.,+$-]|\d )\(?0[1-9]\d{1,4}\)?(?: ?\/ ?| )[1-9]\d{2,3}(?: ?\d{2,5}){0,3}(?![\w-]|[.,:]\d)/g,
    accepts: (match) => digitsOf(match).length >= 9 && digitsOf(match).length <= 12,
  },
  {
    kind: 'phone',
    // After a word for it, any run of digits that is long enough.
    pattern: /(?<![\w.+$-])\(?\d{2,5}\)?(?:[ .-]?\d{2,5}){1,5}(?![\w-]|[.,:]\d)/g,
    accepts: (match, before) =>
      PHONE_WORD.test(before) && digitsOf(match).length >= 7 && digitsOf(match).length <= 15,
  },
];

/** How far back a rule looks for a word that tells what a number is. */
const CONTEXT = 40;

/** What may be personal data, in order; no two findings overlap. */
export function findPersonalData(text: string): PersonalData[] {
  const found: PersonalData[] = [];
  for (const finding of candidates(text)) {
    const overlaps = found.some(({ start, end }) => finding.start < end && start < finding.end);
    if (!overlaps) found.push(finding);
  }
  return found.sort((a, b) => a.start - b.start);
}

function* candidates(text: string): Generator<PersonalData> {
  // Most texts have neither, and everything sought has one.
  if (!/[\d@]/.test(text)) return;
  for (const { kind, pattern, accepts } of rules)
    for (const match of text.matchAll(pattern)) {
      const before = text.slice(Math.max(0, match.index - CONTEXT), match.index);
      if (accepts?.(match[0], before) ?? true) yield found(kind, match.index, match[0]);
    }
  for (const { start, text: address } of findAddresses(text)) yield found('address', start, address);
}

const found = (kind: PersonalDataKind, start: number, text: string): PersonalData => ({
  kind,
  start,
  end: start + text.length,
  text,
});

/** What the networks give out: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay. */
const CARD =
  /^(?:4\d{15}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d{2})\d{12}|3[0689]\d{12}|35\d{14}|62\d{14,17})$/;

const isCard = (digits: string): boolean => CARD.test(digits) && hasLuhnDigit(digits);

/** Not a version, nor an address that every machine has. */
function isPersonalIpv4(match: string, before: string): boolean {
  const parts = match.split('.').map(Number);
  if ([0, 127, 255].includes(parts[0]!) || VERSION_WORD.test(before)) return false;
  // Numbers as small as these number versions and sections more often than machines.
  return parts.some((part) => part >= 32) || IP_WORD.test(before);
}

function isInternational(digits: string): boolean {
  if (digits.length < 8 || digits.length > 15 || /(\d)\1{5}/.test(digits)) return false;
  return !digits.startsWith('1') || /^1[2-9]\d{2}[2-9]\d{6}$/.test(digits);
}
