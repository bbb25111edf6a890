import {
  ChartSpline,
  FlaskConical,
  House,
  ListOrdered,
  MessagesSquare,
  PenLine,
  Play,
  RefreshCcwDot,
  Settings,
  Users,
  type LucideIcon,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { ScreenId } from '../stores/screen-ids.ts';
import { DemonstrateScreen } from '../views/demonstrate/demonstrate-screen.tsx';
import { EvaluateScreen } from '../views/evaluate/evaluate-screen.tsx';
import { HomeScreen } from '../views/home/home-screen.tsx';
import { IterateScreen } from '../views/iterate/iterate-screen.tsx';
import { LabelersScreen } from '../views/labelers/labelers-screen.tsx';
import { PlayScreen } from '../views/play/play-screen.tsx';
import { PromptsScreen } from '../views/prompts/prompts-screen.tsx';
import { RankScreen } from '../views/rank/rank-screen.tsx';
import { SettingsScreen } from '../views/settings/settings-screen.tsx';
import { TrainScreen } from '../views/train/train-screen.tsx';

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
  { id: 'train', title: 'Train', icon: ChartSpline, component: TrainScreen, ofProject: true },
  { id: 'play', title: 'Play', icon: Play, component: PlayScreen, ofProject: true },
  { id: 'evaluate', title: 'Evaluate', icon: FlaskConical, component: EvaluateScreen, ofProject: true },
  { id: 'iterate', title: 'Iterate', icon: RefreshCcwDot, component: IterateScreen, ofProject: true },
  { id: 'labelers', title: 'Labelers', icon: Users, component: LabelersScreen, ofProject: true },
  { id: 'settings', title: 'Settings', icon: Settings, component: SettingsScreen, ofProject: false },
];
