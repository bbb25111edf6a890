/** Where the window was, and where it opens: never outside of every screen. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export const smallest = { width: 960, height: 660 } as const;
const usual = { width: 1280, height: 800 } as const;
/** Pixels of the window that must be on a screen, so that it can be grasped. */
const GRASPABLE = 64;

const Bounds = z.strictObject({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });
export type Bounds = z.infer<typeof Bounds>;

/** Undefined where none were kept, or the file is damaged. */
export function readBounds(file: string): Bounds | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return Bounds.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

export const writeBounds = (file: string, { x, y, width, height }: Bounds): void =>
  writeFileSync(file, JSON.stringify({ x, y, width, height }));

/** The bounds to open with; without a place where the kept one is on no screen, so that the system chooses. */
export function openingBounds(kept: Bounds | undefined, screens: readonly Bounds[]): Partial<Bounds> {
  if (!kept) return usual;
  const size = {
    width: Math.max(kept.width, smallest.width),
    height: Math.max(kept.height, smallest.height),
  };
  const window = { x: kept.x, y: kept.y, ...size };
  return screens.some((screen) => isGraspable(window, screen)) ? window : size;
}

/** Whether enough of the window's upper edge is on the screen. */
const isGraspable = (window: Bounds, screen: Bounds): boolean =>
  window.x + window.width >= screen.x + GRASPABLE &&
  window.x <= screen.x + screen.width - GRASPABLE &&
  window.y >= screen.y &&
  window.y <= screen.y + screen.height - GRASPABLE;
