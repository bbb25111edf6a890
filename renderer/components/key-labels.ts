export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const MODIFIER_LABELS: Record<string, string> = isMac
  ? { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧', Meta: '⌘' }
  : { Mod: 'Ctrl', Ctrl: 'Ctrl', Alt: 'Alt', Shift: 'Shift', Meta: 'Meta' };

const CODE_LABELS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: isMac ? '↩' : 'Enter',
  Escape: 'Esc',
  Backspace: isMac ? '⌫' : 'Backspace',
  Delete: 'Del',
  Space: 'Space',
  Comma: ',',
  Period: '.',
  Slash: '/',
  Backslash: '\\',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Minus: '-',
  Equal: '=',
  Backquote: '`',
};

/** What is printed on each key of a combination, as `Mod+Shift+KeyK`. */
export const keyLabels = (combo: string): string[] =>
  combo
    .split('+')
    .map((part) => MODIFIER_LABELS[part] ?? CODE_LABELS[part] ?? part.replace(/^(Key|Digit|Numpad)/, ''));
