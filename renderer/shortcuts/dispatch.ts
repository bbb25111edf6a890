/** Turns key presses into commands. */
import { allCommands, handlerOf, keyOf, type Command } from './commands.ts';
import { comboOf, hasModifier, matches } from './keys.ts';

/**
 * Keys with a modifier are taken before any control sees them; plain keys only when no control wanted them, so that
 * Enter on a button presses the button.
 */
export function followKeys(): void {
  addEventListener('keydown', (event) => hasModifier(event) && dispatch(event), { capture: true });
  addEventListener('keydown', (event) => !hasModifier(event) && dispatch(event));
}

function dispatch(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.repeat || event.isComposing || belongsElsewhere(event)) return;
  const handler = handlerFor(event);
  if (!handler) return;
  event.preventDefault();
  event.stopPropagation();
  handler();
}

function handlerFor(event: KeyboardEvent): (() => void) | undefined {
  const meant = allCommands().filter(({ id }) => {
    const key = keyOf(id);
    return key !== null && matches(event, key);
  });
  const handlers = meant.toSorted(screenFirst).map(({ id }) => handlerOf(id));
  return handlers.find((handler) => handler !== null) ?? undefined;
}

const screenFirst = (a: Command, b: Command): number =>
  Number(a.scope === 'global') - Number(b.scope === 'global');

/** Dialogs, menus and whatever records keys have the keyboard to themselves. */
const OWNS_KEYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], [data-owns-keys]';
const TEXT_FIELDS =
  'textarea, [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="range"], [type="button"])';
/** What editing text means by these cannot be taken from it. */
const EDITING = /^Mod\+(Shift\+)?(Key[ACVXYZ]|Arrow\w+|Backspace|Delete|Home|End)$/;

function belongsElsewhere(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(OWNS_KEYS)) return true;
  if (!target?.matches(TEXT_FIELDS)) return false;
  return !hasModifier(event) || EDITING.test(comboOf(event) ?? '');
}
