/** Builds the window once, before the tests that look at it. */
import { ensureBuilt, windowBuild } from '../../core/host/build.ts';

export default function buildWindow(): void {
  ensureBuilt(windowBuild);
}
