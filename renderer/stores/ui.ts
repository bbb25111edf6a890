/** What this window shows: the screen, kept in the address so that a reload stays, and the theme. */
import { create } from 'zustand';
import type { Settings } from '../../core/contract/calls.ts';
import { screenIds, type ScreenId } from './screen-ids.ts';

interface UiState {
  readonly screen: ScreenId;
  readonly guidelinesOpen: boolean;
  readonly paletteOpen: boolean;
  readonly shortcutsOpen: boolean;
}

export const useUi = create<UiState>(() => ({
  screen: screenOf(location.hash),
  guidelinesOpen: false,
  paletteOpen: false,
  shortcutsOpen: false,
}));

function screenOf(hash: string): ScreenId {
  const name = hash.replace(/^#\/?/, '');
  return screenIds.find((id) => id === name) ?? 'home';
}

export function goTo(screen: ScreenId): void {
  location.hash = `/${screen}`;
}

export function followAddress(): void {
  addEventListener('hashchange', () => useUi.setState({ screen: screenOf(location.hash) }));
}

export const openGuidelines = (): void => useUi.setState({ guidelinesOpen: true });
export const toggleGuidelines = (): void =>
  useUi.setState(({ guidelinesOpen }) => ({ guidelinesOpen: !guidelinesOpen }));

const THEME_KEY = 'theme';

/** The theme of the last time at once, so that the first frame has it; the settings follow. */
export function applyTheme(theme: Settings['theme'] | null = null): void {
  const chosen = theme ?? localStorage.getItem(THEME_KEY) ?? 'system';
  if (theme) localStorage.setItem(THEME_KEY, theme);
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
