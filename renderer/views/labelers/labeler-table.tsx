import { Ellipsis, PenLine, UserCheck } from 'lucide-react';
import { useState } from 'react';
import type { CallOutput } from '../../../core/contract/calls.ts';
import { IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Menu } from '../../components/menu.tsx';
import { Badge } from '../../components/text.tsx';
import { Switch } from '../../components/toggles.tsx';
import { perform } from '../../stores/perform.ts';
import { chooseLabeler, useLabeler } from '../../stores/session.ts';
import { IntervalBar } from './interval-bar.tsx';
import styles from './labelers.module.css';
import { NameDialog } from './name-dialog.tsx';

type Report = CallOutput<'labelers.report'>[number];

/** What is measured of a labeler, and how; all are shares of pairs ordered alike. */
const MEASURES: readonly {
  readonly key: 'agreement' | 'selfAgreement' | 'screening';
  readonly title: string;
  readonly how: string;
}[] = [
  {
    key: 'agreement',
    title: 'With others',
    how: 'pairs ordered as other labelers order them, where both were asked',
  },
  {
    key: 'selfAgreement',
    title: 'With oneself',
    how: 'pairs ordered as before, where an item was silently asked again',
  },
  {
    key: 'screening',
    title: 'Screening',
    how: "pairs ordered as in the owner's answers to the screening items",
  },
];

interface LabelerTableProps {
  readonly reports: readonly Report[];
  readonly onChange: () => void;
}

export function LabelerTable({ reports, onChange }: LabelerTableProps) {
  return (
    <div className={styles.scroller} role="region" aria-label="Labelers and their measures" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Labeler</th>
            <th scope="col" className={styles.number}>
              Written
            </th>
            <th scope="col" className={styles.number}>
              Ranked
            </th>
            <th
              scope="col"
              className={styles.number}
              title="Median active time for a ranking or demonstration"
            >
              Time
            </th>
            {MEASURES.map(({ key, title }) => (
              <th key={key} scope="col">
                {title}
              </th>
            ))}
            <th scope="col">Held out</th>
            <th scope="col">
              <span className={styles.unseen}>Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {reports.map((report) => (
            <LabelerRow key={report.labeler.id} report={report} onChange={onChange} />
          ))}
        </tbody>
      </table>
      <dl className={styles.notes}>
        {MEASURES.map(({ key, title, how }) => (
          <div key={key}>
            <dt>{title}</dt>
            <dd>Share of {how}, with its 95% interval.</dd>
          </div>
        ))}
        <div>
          <dt>Held out</dt>
          <dd>Their labels never reach training data: they judge models that have not learned from them.</dd>
        </div>
      </dl>
    </div>
  );
}

function LabelerRow({ report, onChange }: { readonly report: Report; readonly onChange: () => void }) {
  const { labeler, demonstrations, rankings, medianActiveMs } = report;
  const isCurrent = useLabeler()?.id === labeler.id;
  const [renaming, setRenaming] = useState(false);
  const change = async (fields: { name?: string; heldOut?: boolean }) => {
    const changed = await perform('labelers.change', { id: labeler.id, ...fields });
    if (changed) onChange();
    return changed !== undefined;
  };
  return (
    <tr className={classes(isCurrent && styles.current)}>
      <th scope="row">
        <span className={styles.who}>
          <span className={styles.name} title={labeler.name}>
            {labeler.name}
          </span>
          {isCurrent && <Badge tone="accent">labeling</Badge>}
          {labeler.simulated && <Badge>simulated</Badge>}
        </span>
      </th>
      <td className={styles.number}>{demonstrations.toLocaleString()}</td>
      <td className={styles.number}>{rankings.toLocaleString()}</td>
      <td className={styles.number}>{durationWords(medianActiveMs)}</td>
      {MEASURES.map(({ key, title }) => (
        <td key={key}>
          {report[key] ? (
            <IntervalBar label={`${labeler.name}: ${title}`} estimate={report[key]} />
          ) : (
            <NotMeasured />
          )}
        </td>
      ))}
      <td>
        <Switch isSelected={labeler.heldOut} onChange={(heldOut) => void change({ heldOut })} hideLabel>
          {`Hold ${labeler.name} out of training`}
        </Switch>
      </td>
      <td>
        <Menu
          label={labeler.name}
          trigger={<IconButton label={`Actions for ${labeler.name}`} icon={Ellipsis} size="sm" />}
          items={[
            {
              id: 'choose',
              label: `Label as ${labeler.name}`,
              icon: UserCheck,
              isDisabled: isCurrent,
              onAction: () => void chooseLabeler(labeler.id),
            },
            { id: 'rename', label: 'Rename', icon: PenLine, onAction: () => setRenaming(true) },
          ]}
        />
        <NameDialog
          title="Rename"
          confirmLabel="Rename"
          isOpen={renaming}
          initial={labeler.name}
          onSave={(name) => change({ name })}
          onClose={() => setRenaming(false)}
        />
      </td>
    </tr>
  );
}

const NotMeasured = () => (
  <span className={styles.missing} title="Not measured yet">
    –
  </span>
);

/** Seconds below two minutes, minutes above. */
function durationWords(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  const seconds = milliseconds / 1000;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
