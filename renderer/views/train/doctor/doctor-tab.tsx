import { Check, CircleAlert, HeartPulse, ScanText, TriangleAlert } from 'lucide-react';
import { metricMeanings, type MetricName } from '../../../../core/contract/metrics.ts';
import { detectors, type Detector, type Finding, type RunSummary } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Badge, ErrorMessage, Spinner } from '../../../components/text.tsx';
import { showTab, showTokens } from '../train-store.ts';
import styles from './doctor.module.css';
import type { Findings } from './use-findings.ts';

/** What each detector looks for, in words. */
const looksFor: Readonly<Record<Detector, string>> = {
  'negative-kl': 'KL below zero for longer than noise explains',
  'ratio-blow-up': 'Probability ratios far from 1',
  'entropy-collapse': 'Entropy that falls towards none',
  'eos-collapse': 'Completions that never end, or end at once',
  'length-drift': 'Lengths that move far from where they began',
  'identical-completions': 'Completions that are all the same',
  'value-divergence': 'A value model that explains nothing',
  'over-optimisation': 'Reward that rises while the gold or held-out score falls',
  'reward-scale-drift': 'Rewards whose spread changes, and β with it',
};

/** The PPO doctor: what is wrong with a run, since when, and what to change. */
export function DoctorTab({ run, findings, error }: Findings & { readonly run: RunSummary }) {
  if (error !== undefined) return <ErrorMessage>{error}</ErrorMessage>;
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
            {found.has(detector) ? <TriangleAlert size={14} aria-hidden /> : <Check size={14} aria-hidden />}
            {looksFor[detector]}
            {found.has(detector) && <Badge tone="warning">found</Badge>}
          </li>
        ))}
      </ul>
    </section>
  );
}
