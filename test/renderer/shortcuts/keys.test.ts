import { describe, expect, it } from 'vitest';
import { isMac, keyLabels } from '../../../renderer/components/key-labels.ts';
import { comboOf, matches, sameCombo, type KeyPress } from '../../../renderer/shortcuts/keys.ts';

const press = (code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

const commandKey = isMac ? { metaKey: true } : { ctrlKey: true };

describe('a key combination', () => {
  it('names its modifiers in one order and its key by place', () => {
    expect(comboOf(press('KeyK', { shiftKey: true, ...commandKey }))).toBe('Mod+Shift+KeyK');
    expect(comboOf(press('Digit1'))).toBe('Digit1');
  });

  it('is none while only a modifier is down', () => {
    expect(comboOf(press('ShiftLeft', { shiftKey: true }))).toBeNull();
  });

  it('matches exactly its own modifiers', () => {
    const event = press('Enter', commandKey);
    expect(matches(event, 'Mod+Enter')).toBe(true);
    expect(matches(event, 'Enter')).toBe(false);
    expect(matches(press('Enter', { ...commandKey, shiftKey: true }), 'Mod+Enter')).toBe(false);
  });

  it('of one character matches whichever key types it', () => {
    expect(matches(press('Minus', { key: '?', shiftKey: true }), '?')).toBe(true);
    expect(matches(press('Slash', { key: '/' }), '?')).toBe(false);
  });

  it.skipIf(isMac)('is the same whether Ctrl is named or the key of commands', () => {
    expect(sameCombo('Ctrl+KeyK', 'Mod+KeyK')).toBe(true);
    expect(sameCombo('Ctrl+KeyK', 'KeyK')).toBe(false);
  });

  it('is printed as on the keys', () => {
    expect(keyLabels('Mod+Shift+KeyK')).toEqual(isMac ? ['⌘', '⇧', 'K'] : ['Ctrl', 'Shift', 'K']);
    expect(keyLabels('ArrowLeft')).toEqual(['←']);
    expect(keyLabels('Digit7')).toEqual(['7']);
  });
});
