/** When charts draw: at the next frame, as many as fit in its time, the others in the frames after it. */
export interface Drawable {
  /** Whether it was drawn before. */
  readonly isDrawn: boolean;
  draw(): void;
}

/** Milliseconds of a frame of 16.7 that drawing may take; the first chart draws always. */
const BUDGET_MS = 6;
/** The same for charts that nobody sees yet: a screen that opens shows them together. */
const FIRST_BUDGET_MS = 60;

const waiting = new Set<Drawable>();
let frame = 0;

/** Draws at the next frame; what is `urgent`, as a chart under the pointer, before all others. */
export function drawSoon(drawable: Drawable, urgent = false): void {
  if (urgent) {
    const others = [...waiting].filter((other) => other !== drawable);
    waiting.clear();
    waiting.add(drawable);
    others.forEach((other) => waiting.add(other));
  } else waiting.add(drawable);
  frame ||= requestAnimationFrame(() => void drawSome());
}

export const drawNever = (drawable: Drawable): void => void waiting.delete(drawable);

async function drawSome(): Promise<void> {
  frame = 0;
  const began = performance.now();
  for (const drawable of waiting) {
    if (performance.now() - began > (drawable.isDrawn ? BUDGET_MS : FIRST_BUDGET_MS)) break;
    waiting.delete(drawable);
    drawable.draw();
    // uPlot draws in a microtask of its own, before this one goes on; both are in this frame.
    await Promise.resolve();
  }
  if (waiting.size > 0) frame ||= requestAnimationFrame(() => void drawSome());
}
