import { Gauge, Ruler } from 'lucide-react';
import { useState } from 'react';
import type { RewardModelReport, RunSummary } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ProgressBar } from '../../../components/progress.tsx';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { perform } from '../../../stores/perform.ts';
import { useCall } from '../../../stores/use-call.ts';
import { isUnderWay, useWorkById } from '../../../stores/work.ts';
import { Accuracy } from './accuracy.tsx';
import { Calibration } from './calibration.tsx';
import { LengthScatter, Margins } from './distributions.tsx';
import { Readiness } from './readiness.tsx';
import styles from './report.module.css';

/** The report of a reward model: whether PPO may rely on it. */
export function RewardReportTab({ run }: { readonly run: RunSummary }) {
  const { data: models, error } = useCall('models.list', {});
  if (error) return <ErrorMessage>{error}</ErrorMessage>;
  if (!models) return <Spinner label="Looking for the model" />;
  // The newest first: the run's own model, else that of its last checkpoint.
  const own = models.filter(({ head, run: made }) => head === 'scalar' && made?.path === run.path);
  const newest = own.toSorted((a, b) => b.run!.step - a.run!.step)[0];
  if (newest) return <ModelReport key={newest.path} model={newest.path} />;
  return (
    <EmptyState icon={Gauge} title="No model yet">
      The report is made of the held-out rankings of the project, once the run has made its model.
    </EmptyState>
  );
}

function ModelReport({ model }: { readonly model: string }) {
  const { data: report, error } = useCall('rewardModels.report', { model });
  const [work, setWork] = useState<string | null>(null);
  const measuring = useWorkById(work);
  const measure = async () => setWork((await perform('rewardModels.measure', { model }))?.work ?? null);
  if (error) return <ErrorMessage>{error}</ErrorMessage>;
  if (report === undefined) return <Spinner label="Reading the report" />;
  if (measuring && isUnderWay(measuring))
    return (
      <ProgressBar label="Measuring on held-out rankings" value={measuring.done} max={measuring.total} />
    );
  const again = (
    <Button icon={Ruler} onPress={() => void measure()}>
      {report === null ? 'Measure it' : 'Measure again'}
    </Button>
  );
  if (report === null)
    return (
      <EmptyState icon={Gauge} title="Not measured yet" actions={again}>
        Its rewards are compared with the rankings of prompts that it has not learned from, and of labelers
        whose labels never train.
      </EmptyState>
    );
  return (
    <Report model={model} report={report}>
      {again}
    </Report>
  );
}

interface ReportProps {
  readonly model: string;
  readonly report: RewardModelReport;
  readonly children: React.ReactNode;
}

function Report({ model, report, children }: ReportProps) {
  return (
    <div className={styles.report}>
      <header className={styles.head}>
        <Readiness model={model} version={report.madeAt} />
        <div className={styles.made}>
          <span>
            {report.pairs.toLocaleString('en')} held-out pairs, measured{' '}
            {new Date(report.madeAt).toLocaleString('en-GB')}
          </span>
          {children}
        </div>
      </header>
      <Accuracy report={report} />
      <div className={styles.plots}>
        <Calibration report={report} />
        <Margins report={report} />
        <LengthScatter report={report} />
      </div>
    </div>
  );
}
