import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Rollouts, TokenQuantity } from '../../../../core/contract/calls.ts';
import { IconButton } from '../../../components/button.tsx';
import { SearchField } from '../../../components/fields.tsx';
import { Select } from '../../../components/select.tsx';
import { Switch } from '../../../components/toggles.tsx';
import { counted } from '../../prompts/names.ts';
import { showFigure } from '../figures.ts';
import { colourOf, reachOf } from './colour-scale.ts';
import type { LensView } from './lens-store.ts';
import { quantities, quantityNames } from './quantities.ts';
import { orders, type Order } from './rollout-table.ts';
import styles from './lens.module.css';

interface LensToolbarProps {
  readonly view: LensView;
  readonly onChange: (change: Partial<LensView>) => void;
  readonly data: Rollouts | undefined;
  readonly shown: number;
}

export function LensToolbar({ view, onChange: change, data, shown }: LensToolbarProps) {
  return (
    <>
      <span className={styles.choice}>
        <span aria-hidden>Colour by</span>
        <Select
          label="Colour tokens by"
          hideLabel
          value={view.quantity}
          onChange={(quantity) => change({ quantity })}
          items={quantityNames.map((id) => ({
            id,
            label: quantities[id].title,
            description: quantities[id].meaning,
          }))}
        />
      </span>
      {data && <Scale data={data} quantity={view.quantity} />}
      <span className={styles.choice}>
        <span aria-hidden>Sort by</span>
        <Select
          label="Sort rollouts by"
          hideLabel
          value={view.order}
          onChange={(order) => change({ order })}
          items={(Object.keys(orders) as Order[]).map((id) => ({ id, label: orders[id].title }))}
        />
        <IconButton
          label={view.descending ? 'Largest first' : 'Smallest first'}
          icon={view.descending ? ArrowDown : ArrowUp}
          onPress={() => change({ descending: !view.descending })}
        />
      </span>
      <Switch isSelected={view.numbers} onChange={(numbers) => change({ numbers })}>
        Numbers
      </Switch>
      <SearchField label="Search rollouts" value={view.search} onChange={(search) => change({ search })} />
      <span className={styles.count} role="status">
        {data && shown < data.prompts.length
          ? `${shown} of ${data.prompts.length}`
          : counted(shown, 'rollout')}
      </span>
    </>
  );
}

const STOPS = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1];

/** What the colours stand for. */
function Scale({ data, quantity }: { readonly data: Rollouts; readonly quantity: TokenQuantity }) {
  const reach = reachOf(data.quantities[quantity] ?? new Float32Array());
  const of = quantities[quantity];
  const stops = of.signed ? STOPS : STOPS.filter((stop) => stop <= 0);
  return (
    <span
      className={styles.scale}
      role="img"
      aria-label={`From ${showFigure(-reach)} to ${showFigure(of.signed ? reach : 0)}`}
    >
      <span>{showFigure(-reach)}</span>
      <span className={styles.stops}>
        {stops.map((depth) => (
          <span key={depth} style={{ backgroundColor: colourOf(depth, of) }} />
        ))}
      </span>
      <span>{of.signed ? `+${showFigure(reach)}` : '0'}</span>
    </span>
  );
}
