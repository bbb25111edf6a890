import { useState } from 'react';
import { Switch } from '../../../components/toggles.tsx';
import { VirtualTable, type Column } from '../../../components/virtual-table.tsx';
import { counted } from '../names.ts';
import type { ImportState, Report } from './import-flow.ts';
import { ImportProgress } from './import-progress.tsx';
import styles from './import.module.css';

interface CheckStepProps {
  readonly state: ImportState;
  readonly skipDuplicates: boolean;
  readonly onSkipDuplicates: (skip: boolean) => void;
}

export function CheckStep({ state: { id, report, busy }, skipDuplicates, onSkipDuplicates }: CheckStepProps) {
  if (!report) return null;
  return (
    <div className={styles.check}>
      <Counts report={report} />
      {busy === 'importing' && <ImportProgress id={id} label="Importing" />}
      {report.duplicates > 0 && busy !== 'importing' && (
        <Switch
          isSelected={skipDuplicates}
          onChange={onSkipDuplicates}
          description={`${counted(report.duplicates, 'row')} of the file ${report.duplicates === 1 ? 'is' : 'are'} in the project already, or twice in the file.`}
        >
          Leave out duplicates
        </Switch>
      )}
      {report.errors.count > 0 && <Errors {...report.errors} />}
      {report.prompts === 0 && (
        <p className={styles.missing}>
          Nothing can be imported with this mapping: go back and choose other columns.
        </p>
      )}
    </div>
  );
}

function Counts({ report }: { readonly report: Report }) {
  const counts = [
    { label: 'Prompts', count: report.prompts },
    { label: 'Demonstrations', count: report.demonstrations },
    { label: 'Rankings', count: report.rankings },
    { label: 'Duplicates', count: report.duplicates },
    { label: 'Rows with errors', count: report.errors.count },
  ];
  return (
    <dl className={styles.counts}>
      {counts.map(({ label, count }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{count.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}

type RowError = Report['errors']['first'][number];

const columns: readonly Column<RowError>[] = [
  { id: 'row', header: 'Row', width: '80px', align: 'end', render: ({ row }) => row.toLocaleString('en') },
  { id: 'problem', header: 'Problem', width: 'minmax(200px, 1fr)', render: ({ problem }) => problem },
];

function Errors({ count, first }: Report['errors']) {
  const [current, setCurrent] = useState(0);
  return (
    <section className={styles.errors} aria-label="Rows with errors">
      <p>
        {counted(count, 'row')} will be left out
        {first.length < count && `; the first ${first.length.toLocaleString('en')} are shown`}.
      </p>
      <div className={styles.errorList}>
        <VirtualTable
          label="Errors"
          columns={columns}
          total={first.length}
          load={(offset, limit) => Promise.resolve(first.slice(offset, offset + limit))}
          version={first}
          current={current}
          onCurrent={setCurrent}
        />
      </div>
    </section>
  );
}
