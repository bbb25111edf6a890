import { ListFilter } from 'lucide-react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { PopoverButton } from '../../../components/popover.tsx';
import { Checkbox } from '../../../components/toggles.tsx';
import { stageNames, stages } from '../train-names.ts';
import { setFilter, useTrain } from '../train-store.ts';
import { everyRun, tagsOf } from './run-filter.ts';
import styles from './runs-pane.module.css';

/** Narrows the runs by stage and tag. */
export function TagFilter({ runs }: { readonly runs: readonly RunSummary[] }) {
  const { tags, stages: chosen } = useTrain((state) => state.filter);
  const count = tags.length + chosen.length;
  const label = count > 0 ? `Filter runs, ${count} chosen` : 'Filter runs';
  return (
    <PopoverButton
      label="Filter runs"
      trigger={<IconButton label={label} icon={ListFilter} isActive={count > 0} />}
    >
      <div className={styles.options}>
        <h3>Stage</h3>
        {stages.map(({ id }) => (
          <Checkbox
            key={id}
            isSelected={chosen.includes(id)}
            onChange={() => setFilter({ stages: toggled(chosen, id) })}
          >
            {stageNames[id]}
          </Checkbox>
        ))}
        <h3>Tags</h3>
        {tagsOf(runs).map((tag) => (
          <Checkbox
            key={tag}
            isSelected={tags.includes(tag)}
            onChange={() => setFilter({ tags: toggled(tags, tag) })}
          >
            {tag}
          </Checkbox>
        ))}
        {tagsOf(runs).length === 0 && <p>No run has a tag yet: give it one in its details.</p>}
        {count > 0 && (
          <Button size="sm" onPress={() => setFilter({ tags: everyRun.tags, stages: everyRun.stages })}>
            Clear
          </Button>
        )}
      </div>
    </PopoverButton>
  );
}

const toggled = <T,>(chosen: readonly T[], value: T): readonly T[] =>
  chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
