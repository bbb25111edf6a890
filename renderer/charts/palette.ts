/** The colours of the theme as a canvas needs them, and of each line its own. */

const tokens = {
  text: '--text',
  muted: '--text-muted',
  surface: '--surface',
  grid: '--chart-grid',
  line: '--line',
  warning: '--warning-text',
  danger: '--danger-text',
  lines: ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5', '--chart-6'],
} as const;

export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly surface: string;
  readonly grid: string;
  readonly line: string;
  readonly warning: string;
  readonly danger: string;
  readonly lines: readonly string[];
  readonly font: string;
}

let current: Palette | null = null;

/** The colours of now; `rgb(…)` each. */
export function palette(): Palette {
  return (current ??= read());
}

/** Colours and dashes go round at different lengths, so that thirty lines have looks of their own. */
export const colourOf = (index: number): string => {
  const { lines } = palette();
  return lines[index % lines.length]!;
};

/** The same colour for a style sheet. */
export const colourToken = (index: number): string => `var(${tokens.lines[index % tokens.lines.length]!})`;

const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2]];
export const dashOf = (index: number): readonly number[] => dashes[index % dashes.length]!;

const listeners = new Set<() => void>();

/** Hears when the theme changes; returns what ends it. */
export function onPalette(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) follow();
  return () => listeners.delete(listener);
}

let following = false;

function follow(): void {
  if (following) return;
  following = true;
  const forget = () => {
    current = null;
    listeners.forEach((listener) => listener());
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget);
  new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

function read(): Palette {
  const probe = document.createElement('span');
  // Where motion is reduced every property has a short transition, and would still be what it was.
  probe.style.transition = 'none';
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const resolve = (token: string) => {
    probe.style.color = `var(${token})`;
    return style.color;
  };
  const { lines, ...single } = tokens;
  const colours = Object.fromEntries(Object.entries(single).map(([name, token]) => [name, resolve(token)]));
  const found = { ...colours, lines: lines.map(resolve), font: style.fontFamily } as unknown as Palette;
  probe.remove();
  return found;
}
