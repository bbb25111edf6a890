import { Switch } from '../../../components/toggles.tsx';
import type { Column } from '../../../components/virtual-table.tsx';
import { asTheyAre, LineTable } from '../line-table.tsx';
import { counted } from '../names.ts';
import type { ImportState, Report } from './import-flow.ts';
import { ImportProgress } from './import-progress.tsx';
import styles from './import.module.css';
import { nothingToImport } from './report.ts';

interface CheckStepProps {
  readonly state: ImportState;
  readonly skipDuplicates: boolean;
  readonly onSkipDuplicates: (skip: boolean) => void;
}

export function CheckStep({ state: { id, report, busy }, skipDuplicates, onSkipDuplicates }: CheckStepProps) {
  if (!report) return null;
  const nothing = nothingToImport(report, skipDuplicates);
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
      {nothing !== null && busy === null && <p className={styles.missing}>{nothing}</p>}
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
  return (
    <section className={styles.errors} aria-label="Rows with errors">
      <p>
        {counted(count, 'row')} will be left out
        {first.length < count && `; the first ${first.length.toLocaleString('en')} are shown`}.
      </p>
      <div className={styles.errorList}>
        <LineTable label="Errors" columns={columns} lines={first} rowsOf={asTheyAre} />
      </div>
    </section>
  );
}
