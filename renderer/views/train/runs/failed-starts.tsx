import { X } from 'lucide-react';
import { useState } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { IconButton } from '../../../components/button.tsx';
import { ErrorMessage } from '../../../components/text.tsx';
import { useWork } from '../../../stores/work.ts';
import styles from './queue-strip.module.css';

/** Runs that failed before there was anything of them; of the others their own header tells. */
export function FailedStarts({ runs }: { readonly runs: readonly RunSummary[] }) {
  const [seen, setSeen] = useState<readonly string[]>([]);
  const works = useWork((state) => state.works);
  const failed = works.filter(
    ({ id, kind, state, run }) =>
      kind === 'run' && state === 'failed' && !seen.includes(id) && !runs.some(({ path }) => path === run),
  );
  return failed.map(({ id, title, message }) => (
    <div key={id} className={styles.failed}>
      <ErrorMessage>
        <b>{title}</b> did not start: {message}
      </ErrorMessage>
      <IconButton label="Dismiss" icon={X} size="sm" onPress={() => setSeen((before) => [...before, id])} />
    </div>
  ));
}
