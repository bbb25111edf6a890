import { CircleAlert, HeartPulse, ScanText, TriangleAlert } from 'lucide-react';
import { metricMeanings, type MetricName } from '../../../../core/contract/metrics.ts';
import { detectors, type Detector, type Finding, type RunSummary } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Badge, Spinner } from '../../../components/text.tsx';
import { showTab, showTokens } from '../train-store.ts';
import styles from './doctor.module.css';
import { useFindings } from './use-findings.ts';

/** What each detector looks for, in words. */
const looksFor: Readonly<Record<Detector, string>> = {
  'negative-kl': 'KL below zero for longer than noise explains',
  'ratio-blow-up': 'probability ratios far from 1',
  'entropy-collapse': 'entropy that falls towards none',
  'eos-collapse': 'completions that never end, or end at once',
  'length-drift': 'lengths that move far from where they began',
  'identical-completions': 'completions that are all the same',
  'value-divergence': 'a value model that explains nothing',
  'over-optimisation': 'reward that rises while gold or held-out score falls',
  'reward-scale-drift': 'rewards whose spread changes, and β with it',
};

/** The PPO doctor: what is wrong with a run, since when, and what to change. */
export function DoctorTab({ run }: { readonly run: RunSummary }) {
  const findings = useFindings(run);
  if (!findings) return <Spinner label="The doctor is looking" />;
  return (
    <div className={styles.doctor}>
      {findings.length === 0 ? (
        <EmptyState icon={HeartPulse} title="Nothing is wrong">
          The doctor looks at every step, and would say here what is wrong, since when, and what to change.
        </EmptyState>
      ) : (
        <ul className={styles.findings}>
          {findings.map((finding) => (
            <li key={finding.detector}>
              <FindingCard run={run} finding={finding} />
            </li>
          ))}
        </ul>
      )}
      <Checked findings={findings} />
    </div>
  );
}

function FindingCard({ run, finding }: { readonly run: RunSummary; readonly finding: Finding }) {
  const { severity, title, evidence, since, suggestion, metrics } = finding;
  const Icon = severity === 'danger' ? CircleAlert : TriangleAlert;
  return (
    <article className={styles.finding} data-severity={severity}>
      <h3>
        <Icon size={16} aria-hidden /> {title}
        <Badge tone={severity}>{severity === 'danger' ? 'grave' : 'warning'}</Badge>
        <span className={styles.since}>since step {since}</span>
      </h3>
      <p>{evidence}</p>
      <p>
        <b>What to change: </b>
        {suggestion}
      </p>
      <div className={styles.actions}>
        <Button size="sm" icon={ScanText} onPress={() => showTokens(run.path, since)}>
          See its tokens
        </Button>
        <Button size="sm" variant="quiet" onPress={() => showTab('charts')}>
          See the charts
        </Button>
        <span className={styles.metrics}>
          {metrics.map((name) => (
            <code key={name} title={metricMeanings[name as MetricName]}>
              {name}
            </code>
          ))}
        </span>
      </div>
    </article>
  );
}

function Checked({ findings }: { readonly findings: readonly Finding[] }) {
  const found = new Set(findings.map(({ detector }) => detector));
  return (
    <section className={styles.checked} aria-labelledby="doctor-checked">
      <h3 id="doctor-checked">What it looks for</h3>
      <ul>
        {detectors.map((detector) => (
          <li key={detector} data-found={found.has(detector)}>
            {looksFor[detector]}
            {found.has(detector) && <Badge tone="warning">found</Badge>}
          </li>
        ))}
      </ul>
    </section>
  );
}
