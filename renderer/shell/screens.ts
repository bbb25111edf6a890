import { House, ListOrdered, MessagesSquare, PenLine, Settings, Users, type LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { ScreenId } from '../stores/ui.ts';
import { DemonstrateScreen } from '../views/demonstrate/demonstrate-screen.tsx';
import { HomeScreen } from '../views/home/home-screen.tsx';
import { LabelersScreen } from '../views/labelers/labelers-screen.tsx';
import { PromptsScreen } from '../views/prompts/prompts-screen.tsx';
import { RankScreen } from '../views/rank/rank-screen.tsx';
import { SettingsScreen } from '../views/settings/settings-screen.tsx';

export interface Screen {
  readonly id: ScreenId;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly component: ComponentType;
  /** Whether it is about the open project, and empty without one. */
  readonly ofProject: boolean;
}

/** In the order of the sidebar, and of the keys that go to them. */
export const screens: readonly Screen[] = [
  { id: 'home', title: 'Home', icon: House, component: HomeScreen, ofProject: false },
  { id: 'prompts', title: 'Prompts', icon: MessagesSquare, component: PromptsScreen, ofProject: true },
  { id: 'demonstrate', title: 'Demonstrate', icon: PenLine, component: DemonstrateScreen, ofProject: true },
  { id: 'rank', title: 'Rank', icon: ListOrdered, component: RankScreen, ofProject: true },
  { id: 'labelers', title: 'Labelers', icon: Users, component: LabelersScreen, ofProject: true },
  { id: 'settings', title: 'Settings', icon: Settings, component: SettingsScreen, ofProject: false },
];
