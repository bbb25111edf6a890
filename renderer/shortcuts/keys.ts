/**
 * Key combinations: modifiers and the physical key (`KeyboardEvent.code`), as `Mod+Shift+KeyK`. `Mod` is the key
 * that commands of the system take: ⌘ on macOS, Ctrl elsewhere. A single character, as `?`, stands for whatever
 * types it.
 */
import { isMac } from '../components/key-labels.ts';

type Modifiers = Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;
export type KeyPress = Modifiers & Pick<KeyboardEvent, 'code' | 'key'>;

const modifiersOf = (event: Modifiers): string[] =>
  [
    (isMac ? event.metaKey : event.ctrlKey) && 'Mod',
    isMac && event.ctrlKey && 'Ctrl',
    event.altKey && 'Alt',
    event.shiftKey && 'Shift',
    !isMac && event.metaKey && 'Meta',
  ].filter((modifier) => modifier !== false);

/** The combination that was pressed; null while only modifiers are down. */
export function comboOf(event: KeyPress): string | null {
  if (/^(Control|Meta|Alt|Shift|CapsLock|Fn)/.test(event.code) || event.code === '') return null;
  return [...modifiersOf(event), event.code].join('+');
}

export const matches = (event: KeyPress, combo: string): boolean =>
  combo.length === 1 ? event.key === combo : comboOf(event) === canonical(combo);

/** `Ctrl` is written `Mod` where the two are one, so that equal combinations are equal strings. */
const canonical = (combo: string): string => (isMac ? combo : combo.replace(/^Ctrl\+/, 'Mod+'));

export const sameCombo = (a: string, b: string): boolean => canonical(a) === canonical(b);

/** Whether it can be meant while text is typed. */
export const hasModifier = (event: Modifiers): boolean => event.ctrlKey || event.metaKey || event.altKey;
