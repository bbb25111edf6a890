import type { Page } from 'playwright-core';

export interface FocusReport {
  /** How many things Tab stops at. */
  readonly stops: number;
  /** Controls that neither Tab nor the arrow keys of a group that Tab reaches would come to. */
  readonly unreached: readonly string[];
  /** Stops that look the same with the focus and without it. */
  readonly unseen: readonly string[];
}

const MOST_STOPS = 400;

/** Goes once around a page by Tab, and tells of what that leaves out and of what does not show the focus. */
export async function focusByTab(page: Page): Promise<FocusReport> {
  await page.evaluate(START);
  let stops = 0;
  while (await nextStop(page)) if (++stops > MOST_STOPS) throw new Error('Tab goes round and round');
  return { stops, ...(await page.evaluate<Omit<FocusReport, 'stops'>>('focusTour.report()')) };
}

async function nextStop(page: Page): Promise<boolean> {
  await page.keyboard.press('Tab');
  return page.evaluate<boolean>('focusTour.step()');
}

/**
 * How each element looks before it has the focus is noted at the start. The focus may be drawn on what is around a
 * control, as the box of a checkbox or the frame of a field, or on the current row of a table.
 */
const START = `
  globalThis.focusTour = (() => {
    const CONTROLS = 'a[href], button, input, textarea, select, [tabindex], [role="button"]';
    // Tab stops once in these; within them the arrow keys go on.
    const GROUPS = '[role="radiogroup"], [role="grid"], [role="listbox"], [role="tablist"], [role="toolbar"]';
    // What these do, the arrow keys do in the field beside them.
    const STEPPERS = '[slot="increment"], [slot="decrement"]';
    const look = (element) => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } =
        getComputedStyle(element);
      const outline = outlineStyle === 'none' ? '' : outlineWidth + outlineColor;
      return [outline, boxShadow, borderColor, backgroundColor].join();
    };
    const around = (element) => [
      element,
      element.parentElement,
      element.parentElement?.parentElement,
      document.getElementById(element.getAttribute('aria-activedescendant')),
    ];
    const describe = (element) => {
      const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 30);
      return element.tagName.toLowerCase() + ' ' + (name || element.className);
    };
    // Tab goes on from where the focus was, so it is brought to the very beginning.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    const before = new Map([...document.querySelectorAll('*')].map((element) => [element, look(element)]));
    const visited = new Set();
    const unseen = [];
    const isSeen = (element) =>
      around(element).some((part) => part && before.has(part) && before.get(part) !== look(part));
    return {
      step() {
        const element = document.activeElement;
        if (!element || element === document.body || visited.has(element)) return false;
        visited.add(element);
        if (!isSeen(element)) unseen.push(describe(element));
        return true;
      },
      report() {
        const reached = (element) => {
          const group = element.closest(GROUPS);
          return visited.has(element) || (group !== null && [...visited].some((one) => group.contains(one)));
        };
        const isOffered = (element) =>
          element.checkVisibility({ visibilityProperty: true }) && !element.disabled &&
          !element.matches(STEPPERS) && !element.closest('[aria-hidden="true"], [inert]');
        const controls = [...document.querySelectorAll(CONTROLS)].filter(isOffered);
        return { unseen, unreached: controls.filter((control) => !reached(control)).map(describe) };
      },
    };
  })();
`;
