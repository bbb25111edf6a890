import { useId, type ReactNode } from 'react';
import type { RunDetail, RunSummary } from '../../../../core/contract/calls.ts';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { useCall } from '../../../stores/use-call.ts';
import { Checkpoints } from './checkpoints.tsx';
import { ComparedSettings } from './compared-settings.tsx';
import styles from './details.module.css';
import { Lineage } from './lineage.tsx';
import { RunNotes } from './run-notes.tsx';

interface DetailsTabProps {
  readonly run: RunSummary;
  readonly overlaid: readonly RunSummary[];
}

/** All that is known of a run besides how it went. */
export function DetailsTab({ run, overlaid }: DetailsTabProps) {
  const { data: detail, error } = useCall('runs.detail', { path: run.path });
  return (
    <div className={styles.details}>
      <div className={styles.column}>
        <RunNotes run={run} />
        {error !== undefined && <ErrorMessage>{error}</ErrorMessage>}
        {!detail && error === undefined && <Spinner label="Reading the run…" />}
        {detail && (
          <Section title="Checkpoints">
            <Checkpoints run={run} checkpoints={detail.checkpoints} />
          </Section>
        )}
        <Section title="Where it comes from">
          <Lineage run={run} />
        </Section>
        {detail && <Facts detail={detail} />}
      </div>
      <Section title="Settings">
        <ComparedSettings runs={[run, ...overlaid]} />
        {overlaid.length === 0 && (
          <p className={styles.muted}>Overlay other runs to compare their settings.</p>
        )}
      </Section>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ detail }: { readonly detail: RunDetail }) {
  const { run, device, versions, models, data } = detail;
  return (
    <>
      <Section title="Made with">
        <dl className={styles.facts}>
          <Fact name="Begun" value={new Date(run.createdAt).toLocaleString('en-GB')} />
          <Fact name="Device" value={device} />
          {Object.entries(versions).map(([name, version]) => (
            <Fact key={name} name={name} value={version} />
          ))}
          <Fact name="Folder" value={run.path} />
        </dl>
      </Section>
      <Section title="Models and data">
        <ul className={styles.sources}>
          {[...models, ...data].map(({ role, path, sha256 }) => (
            <li key={`${role} ${path}`}>
              <b>{role}</b>
              <code>{path}</code>
              <code className={styles.muted} title="SHA-256">
                {sha256}
              </code>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
