import type { ReactNode } from 'react';
import type { Finding, RunSummary } from '../../../../core/contract/calls.ts';
import { Tabs } from '../../../components/tabs.tsx';
import { ChartsTab } from '../charts/charts-tab.tsx';
import { DetailsTab } from '../details/details-tab.tsx';
import { DoctorBadge } from '../doctor/doctor-badge.tsx';
import { DoctorTab } from '../doctor/doctor-tab.tsx';
import { useFindings, type Findings } from '../doctor/use-findings.ts';
import { TokensTab } from '../lens/tokens-tab.tsx';
import { RewardReportTab } from '../report/reward-report-tab.tsx';
import { SamplesTab } from '../samples/samples-tab.tsx';
import { hasTab, tabNames, trainTabs, type TrainTab } from '../train-names.ts';
import { showTab, useTrain } from '../train-store.ts';
import { RunHeader } from './run-header.tsx';
import styles from './run-view.module.css';

interface RunViewProps {
  readonly run: RunSummary;
  /** The runs that are drawn over it. */
  readonly overlaid: readonly RunSummary[];
}

interface Content extends RunViewProps {
  readonly doctor: Findings;
}

const NONE: readonly Finding[] = [];

const contents: Readonly<Record<TrainTab, (content: Content) => ReactNode>> = {
  charts: ({ run, overlaid, doctor }) => (
    <ChartsTab runs={[run, ...overlaid]} findings={doctor.findings ?? NONE} />
  ),
  samples: ({ run }) => <SamplesTab key={run.path} run={run} />,
  tokens: ({ run }) => <TokensTab key={run.path} run={run} />,
  doctor: ({ run, doctor }) => <DoctorTab run={run} {...doctor} />,
  report: ({ run }) => <RewardReportTab run={run} />,
  details: ({ run, overlaid }) => <DetailsTab key={run.path} run={run} overlaid={overlaid} />,
};

/** One run: its header, and what there is to see of it. */
export function RunView(props: RunViewProps) {
  const { run } = props;
  const wanted = useTrain((state) => state.tab);
  const doctor = useFindings(run);
  const tab = hasTab(wanted, run.algorithm) ? wanted : 'charts';
  return (
    <section className={styles.view} aria-label={`Run ${run.name}`}>
      <RunHeader run={run} />
      <div className={styles.tabs}>
        <Tabs
          label="Of the run"
          value={tab}
          onChange={showTab}
          items={trainTabs
            .filter((id) => hasTab(id, run.algorithm))
            .map((id) => ({
              id,
              label: id === 'doctor' ? <DoctorLabel findings={doctor.findings ?? NONE} /> : tabNames[id],
              content: (
                // With the focus in it, the arrow keys scroll.
                <div className={styles.content} role="group" aria-label={tabNames[id]} tabIndex={0}>
                  {contents[id]({ ...props, doctor })}
                </div>
              ),
            }))}
        />
      </div>
    </section>
  );
}

function DoctorLabel({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <span className={styles.label}>
      {tabNames.doctor}
      <DoctorBadge findings={findings} />
    </span>
  );
}
