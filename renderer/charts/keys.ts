/** The keyboard on a chart that has the focus. */
import type { LinePlot } from './line-plot.ts';
import { moved, showing, zoomed } from './looking.ts';

interface Keyboard {
  readonly plot: LinePlot;
  /** Says what the lines show at the cursor. */
  readonly tell: () => void;
  /** What a click on the first line at the cursor does. */
  readonly pick: () => void;
}

type Action = (keyboard: Keyboard) => void;

const NEARER = 0.7;
const ASIDE = 0.2;

const actions: Record<string, Action> = {
  ArrowLeft: (keyboard) => step(keyboard, -1),
  ArrowRight: (keyboard) => step(keyboard, 1),
  'Shift+ArrowLeft': ({ plot }) => plot.group.zoom(moved(plot.range, plot.extent, -ASIDE)),
  'Shift+ArrowRight': ({ plot }) => plot.group.zoom(moved(plot.range, plot.extent, ASIDE)),
  Home: (keyboard) => goTo(keyboard, keyboard.plot.extent.min),
  End: (keyboard) => goTo(keyboard, keyboard.plot.extent.max),
  '+': ({ plot }) => zoom(plot, NEARER),
  '=': ({ plot }) => zoom(plot, NEARER),
  '-': ({ plot }) => zoom(plot, 1 / NEARER),
  '0': ({ plot }) => plot.group.zoom(null),
  Enter: ({ pick }) => pick(),
  Escape: ({ plot }) => plot.group.point(null),
};

/** Does what a key means on a chart; gives whether it means anything. */
export function pressKey(event: KeyboardEvent, keyboard: Keyboard): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const arrow = event.shiftKey && event.key.startsWith('Arrow');
  const action = actions[arrow ? `Shift+${event.key}` : event.key];
  if (!action || (event.key === 'Escape' && keyboard.plot.group.cursor === null)) return false;
  action(keyboard);
  return true;
}

function zoom(plot: LinePlot, factor: number): void {
  const { min, max } = plot.range;
  const at = plot.group.cursor ?? (min + max) / 2;
  plot.group.zoom(zoomed(plot.range, plot.extent, at, factor));
}

/** To the next row; from nowhere, to the end that it comes from. */
function step(keyboard: Keyboard, direction: 1 | -1): void {
  const { plot } = keyboard;
  const from = plot.group.cursor ?? (direction > 0 ? plot.range.min : plot.range.max);
  goTo(keyboard, plot.group.cursor === null ? from : plot.placeBeside(from, direction));
}

/** Moves the cursor to a place, brings it into sight, and says what is there. */
function goTo({ plot, tell }: Keyboard, x: number): void {
  const { group, extent } = plot;
  group.point(x);
  if (group.range) group.zoom(showing(group.range, extent, x));
  tell();
}
