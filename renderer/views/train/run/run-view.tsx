import type { ReactNode } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Tabs } from '../../../components/tabs.tsx';
import { ChartsTab } from '../charts/charts-tab.tsx';
import { DetailsTab } from '../details/details-tab.tsx';
import { DoctorBadge } from '../doctor/doctor-badge.tsx';
import { DoctorTab } from '../doctor/doctor-tab.tsx';
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

const contents: Readonly<Record<TrainTab, (props: RunViewProps) => ReactNode>> = {
  charts: ({ run, overlaid }) => <ChartsTab runs={[run, ...overlaid]} />,
  samples: ({ run }) => <SamplesTab key={run.path} run={run} />,
  tokens: ({ run }) => <TokensTab run={run} />,
  doctor: ({ run }) => <DoctorTab run={run} />,
  report: ({ run }) => <RewardReportTab run={run} />,
  details: ({ run, overlaid }) => <DetailsTab key={run.path} run={run} overlaid={overlaid} />,
};

/** One run: its header, and what there is to see of it. */
export function RunView(props: RunViewProps) {
  const { run } = props;
  const wanted = useTrain((state) => state.tab);
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
              label: id === 'doctor' ? <DoctorLabel run={run} /> : tabNames[id],
              content: (
                // With the focus in it, the arrow keys scroll.
                <div className={styles.content} role="group" aria-label={tabNames[id]} tabIndex={0}>
                  {contents[id](props)}
                </div>
              ),
            }))}
        />
      </div>
    </section>
  );
}

function DoctorLabel({ run }: { readonly run: RunSummary }) {
  return (
    <span className={styles.label}>
      {tabNames.doctor}
      <DoctorBadge run={run} />
    </span>
  );
}
