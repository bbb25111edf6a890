import { Grid2x2, Grid3x3, Keyboard, Square, ZoomOut } from 'lucide-react';
import type { XAxis } from '../../../charts/source.ts';
import { IconButton } from '../../../components/button.tsx';
import { SearchField } from '../../../components/fields.tsx';
import { PopoverButton } from '../../../components/popover.tsx';
import { Slider } from '../../../components/slider.tsx';
import { Kbd } from '../../../components/text.tsx';
import { SegmentedControl } from '../../../components/toggles.tsx';
import styles from './charts-tab.module.css';
import { chartGroup, drawOver, searchFor, smoothBy, spaceBy, useCharts } from './charts-store.ts';

const AXES = [
  { id: 'step', label: 'Steps' },
  { id: 'episode', label: 'Episodes' },
  { id: 'elapsed', label: 'Time' },
] as const;

const DENSITIES = [
  { id: 'large', label: <Square size={13} aria-label="Large" /> },
  { id: 'medium', label: <Grid2x2 size={13} aria-label="Medium" /> },
  { id: 'small', label: <Grid3x3 size={13} aria-label="Small" /> },
] as const;

interface ChartsToolbarProps {
  readonly hasEpisodes: boolean;
  readonly axis: XAxis;
}

/** How all charts are drawn. */
export function ChartsToolbar({ hasEpisodes, axis }: ChartsToolbarProps) {
  const { smoothing, density, search } = useCharts();
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Charts">
      <div className={styles.search}>
        <SearchField label="Search charts" value={search} onChange={searchFor} />
      </div>
      <Slider label="Smoothing" value={smoothing} max={0.99} step={0.01} onChange={smoothBy} />
      <SegmentedControl
        label="Horizontal axis"
        items={hasEpisodes ? AXES : AXES.filter(({ id }) => id !== 'episode')}
        value={axis}
        onChange={drawOver}
      />
      <SegmentedControl label="Size of the charts" items={DENSITIES} value={density} onChange={spaceBy} />
      <div className={styles.end}>
        <IconButton label="Show everything" icon={ZoomOut} onPress={() => chartGroup.zoom(null)} />
        <PopoverButton
          label="How to look around"
          trigger={<IconButton label="How to look around" icon={Keyboard} />}
        >
          <Help />
        </PopoverButton>
      </div>
    </div>
  );
}

const HELP: readonly (readonly [combo: string | null, pointer: string, does: string])[] = [
  [null, 'Drag', 'look at a range'],
  [null, 'Shift-drag', 'move aside'],
  [null, 'Ctrl-wheel, pinch', 'nearer, further'],
  [null, 'Double click', 'show everything'],
  ['ArrowRight', '', 'the next step'],
  ['Shift+ArrowRight', '', 'move aside'],
  ['+', '', 'nearer'],
  ['0', '', 'show everything'],
  ['Enter', 'Click', 'the tokens of a step (PPO)'],
];

function Help() {
  return (
    <dl className={styles.help}>
      {HELP.map(([combo, pointer, does]) => (
        <div key={`${combo ?? pointer}`}>
          <dt>
            {pointer} {combo && <Kbd combo={combo} />}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
