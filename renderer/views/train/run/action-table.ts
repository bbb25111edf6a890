/** The actions of a run: when there is a use for each, and the command that does it. */
import {
  FileText,
  FlaskConical,
  GitFork,
  ListX,
  PackageOpen,
  Pause,
  Play,
  RotateCw,
  Square,
  type LucideIcon,
} from 'lucide-react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { openDialog } from '../train-store.ts';
import * as actions from './actions.ts';

export interface RunAction {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isPrimary?: boolean;
  readonly command: string;
  readonly when: (run: RunSummary) => boolean;
  readonly act: (run: RunSummary) => void;
}

/** Whether it trains or waits for its turn. */
export const isBusy = ({ state }: RunSummary): boolean => state === 'working' || state === 'queued';
const isPaused = (run: RunSummary): boolean => run.resumable && !isBusy(run);
const hasSteps = ({ step }: RunSummary): boolean => step > 0;
const hasAnswers = (run: RunSummary): boolean => hasSteps(run) && run.algorithm !== 'reward-model';

export const runActions: readonly RunAction[] = [
  {
    label: 'Pause',
    icon: Pause,
    isPrimary: true,
    command: 'train.pause',
    // What trains elsewhere, as from a command line, is not for this window to stop.
    when: ({ state, work }) => state === 'working' && work !== null,
    act: actions.pause,
  },
  {
    label: 'Take out of the queue',
    icon: ListX,
    command: 'train.pause',
    when: ({ state }) => state === 'queued',
    act: actions.pause,
  },
  {
    label: 'Resume',
    icon: RotateCw,
    isPrimary: true,
    command: 'train.pause',
    when: isPaused,
    act: (run) => void actions.resume(run),
  },
  {
    label: 'Stop here…',
    icon: Square,
    command: 'train.end',
    when: (run) => run.state === 'working' || isPaused(run),
    act: () => openDialog('end'),
  },
  { label: 'Fork…', icon: GitFork, command: 'train.fork', when: hasSteps, act: () => openDialog('fork') },
  {
    label: 'Play with it',
    icon: Play,
    command: 'train.play',
    when: hasAnswers,
    act: (run) => void actions.playWith(run),
  },
  {
    label: 'Evaluate',
    icon: FlaskConical,
    command: 'train.evaluate',
    when: hasAnswers,
    act: (run) => void actions.evaluateRun(run),
  },
  {
    label: 'Export model…',
    icon: PackageOpen,
    command: 'train.export',
    when: hasSteps,
    act: () => openDialog('export'),
  },
  {
    label: 'Write report',
    icon: FileText,
    command: 'train.writeReport',
    when: hasSteps,
    act: (run) => void actions.writeReport(run),
  },
];
