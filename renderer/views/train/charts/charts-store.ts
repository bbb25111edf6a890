/** How the charts are looked at: kept while other tabs and screens are shown. */
import { create } from 'zustand';
import { ChartGroup } from '../../../charts/group.ts';
import type { XAxis } from '../../../charts/source.ts';

export const densities = ['large', 'medium', 'small'] as const;
export type Density = (typeof densities)[number];

interface ChartsState {
  readonly smoothing: number;
  readonly axis: XAxis;
  readonly density: Density;
  readonly search: string;
  /** Charts with a logarithmic y axis, by their ids. */
  readonly log: readonly string[];
}

export const useCharts = create<ChartsState>(() => ({
  smoothing: 0.6,
  axis: 'step',
  density: 'medium',
  search: '',
  log: [],
}));

/** All charts of the screen have one range and one cursor. */
export const chartGroup = new ChartGroup();

export const smoothBy = (smoothing: number): void => useCharts.setState({ smoothing });
export const spaceBy = (density: Density): void => useCharts.setState({ density });
export const searchFor = (search: string): void => useCharts.setState({ search });

export function drawOver(axis: XAxis): void {
  useCharts.setState({ axis });
  chartGroup.reset();
}

export const setLog = (id: string, isLog: boolean): void =>
  useCharts.setState(({ log }) => ({ log: isLog ? [...log, id] : log.filter((other) => other !== id) }));
