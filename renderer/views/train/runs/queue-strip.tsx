import { X } from 'lucide-react';
import type { Work } from '../../../../core/contract/calls.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { PopoverButton } from '../../../components/popover.tsx';
import { isUnderWay, stopWork, useWork } from '../../../stores/work.ts';
import styles from './queue-strip.module.css';

/** What shares the trainer with runs; play has a trainer of its own. */
const inQueue = ({ kind }: Work): boolean => kind !== 'play' && kind !== 'import';

/** What waits for the device, in its order; nothing while nothing waits. */
export function QueueStrip() {
  const works = useWork((state) => state.works);
  const underWay = works.filter((work) => inQueue(work) && isUnderWay(work)).toReversed();
  const waiting = underWay.filter(({ state }) => state === 'queued');
  const current = underWay.find(({ state }) => state === 'working');
  if (waiting.length === 0) return null;
  return (
    <div className={styles.strip} role="status">
      <span className={styles.words}>
        {current && <b>{current.title}</b>}
        {current ? ' is under way; ' : ''}
        {waiting.length === 1 ? '1 waits' : `${waiting.length} wait`}: {waiting[0]!.title}
        {waiting.length > 1 && ' comes next'}
      </span>
      <PopoverButton label="What waits" trigger={<Button size="sm">Show the queue</Button>}>
        <ol className={styles.queue}>
          {waiting.map((work) => (
            <li key={work.id}>
              <span>{work.title}</span>
              <IconButton
                label={`Take away ${work.title}`}
                icon={X}
                size="sm"
                onPress={() => stopWork(work.id)}
              />
            </li>
          ))}
        </ol>
      </PopoverButton>
    </div>
  );
}
