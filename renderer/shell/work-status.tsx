import { Activity, Square } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { Work } from '../../core/contract/calls.ts';
import { IconButton } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import popover from '../components/popover.module.css';
import { ProgressBar } from '../components/progress.tsx';
import { Badge, type Tone } from '../components/text.tsx';
import { isUnderWay, stopWork, useWork } from '../stores/work.ts';
import styles from './status-bar.module.css';

/** The work under way, and all of its history behind it. */
export function WorkStatus() {
  const works = useWork((state) => state.works);
  const current = works.findLast(isUnderWay);
  const others = works.filter(isUnderWay).length - 1;
  if (works.length === 0) return <span className={styles.item}>No work under way</span>;
  return (
    <>
      <DialogTrigger>
        <Button className={classes(styles.item, styles.press)}>
          <Activity size={13} aria-hidden />
          {current ? (
            <>
              <span className={styles.title}>{current.title}</span>
              <span className={styles.progress}>
                <ProgressBar label={current.title} hideLabel {...progressOf(current)} />
              </span>
              <span>{percentOf(current)}</span>
              {others > 0 && <span>and {others} more</span>}
            </>
          ) : (
            'Work history'
          )}
        </Button>
        <Popover className={popover.popover!} placement="top end" offset={6}>
          <Dialog className={styles.history!} aria-label="Work">
            {works.map((work) => (
              <WorkRow key={work.id} work={work} />
            ))}
          </Dialog>
        </Popover>
      </DialogTrigger>
      {current && (
        <IconButton
          label={`Stop ${current.title}`}
          icon={Square}
          size="sm"
          onPress={() => stopWork(current.id)}
        />
      )}
    </>
  );
}

const STATE_TONES: Record<Work['state'], Tone> = {
  queued: 'neutral',
  working: 'accent',
  done: 'success',
  failed: 'danger',
  cancelled: 'warning',
};

function WorkRow({ work }: { readonly work: Work }) {
  return (
    <div className={styles.work}>
      <div className={styles.workHead}>
        <b>{work.title}</b>
        <Badge tone={STATE_TONES[work.state]}>{work.state}</Badge>
        {isUnderWay(work) && (
          <IconButton
            label={`Stop ${work.title}`}
            icon={Square}
            size="sm"
            onPress={() => stopWork(work.id)}
          />
        )}
      </div>
      {isUnderWay(work) && <ProgressBar label={work.title} hideLabel {...progressOf(work)} />}
      {work.message && <p>{work.message}</p>}
    </div>
  );
}

const progressOf = ({ done, total }: Work) => ({ value: total > 0 ? done : null, max: total });

const percentOf = ({ done, total }: Work): string =>
  total > 0 ? `${Math.floor((100 * done) / total)}%` : '';
