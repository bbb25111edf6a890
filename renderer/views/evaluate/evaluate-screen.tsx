import { FlaskConical, Plus } from 'lucide-react';
import { useEffect } from 'react';
import type { Evaluation } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Toolbar } from '../../components/page.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { defineCommands, useCommands, useKeyOf } from '../../shortcuts/commands.ts';
import { takeIntent } from '../../stores/intents.ts';
import { useCall } from '../../stores/use-call.ts';
import { closeForm, judge, openForm, remove, select, useEvaluate } from './evaluate-store.ts';
import styles from './evaluate.module.css';
import { EvaluationList } from './evaluation-list.tsx';
import { NewEvaluationDialog } from './new-evaluation-dialog.tsx';
import { ReportView } from './report-view.tsx';

defineCommands('evaluate', {
  'evaluate.new': { title: 'New evaluation', key: 'KeyN' },
  'evaluate.next': { title: 'Next evaluation', key: 'KeyJ' },
  'evaluate.previous': { title: 'Previous evaluation', key: 'KeyK' },
  'evaluate.judge': { title: 'Judge the evaluation', key: 'KeyR' },
  'evaluate.remove': { title: 'Remove the evaluation', key: 'Delete' },
});

/** Which of several models people prefer, measured blind on prompts that never train. */
export function EvaluateScreen() {
  const { data: evaluations, error } = useCall('evaluations.list', {});
  const asked = useEvaluate((state) => state.asked);
  const newKey = useKeyOf('evaluate.new');
  useEffect(() => {
    const intent = takeIntent('evaluate');
    if (intent) openForm(intent);
  }, []);
  return (
    <div className={styles.screen}>
      <Toolbar title="Evaluate">
        <Button variant="primary" icon={Plus} combo={newKey} onPress={() => openForm([])}>
          New evaluation
        </Button>
      </Toolbar>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {!evaluations && !error && <Spinner label="Reading the evaluations…" />}
      {evaluations && <Evaluations evaluations={evaluations} />}
      {asked && <NewEvaluationDialog asked={asked} evaluations={evaluations ?? []} onClose={closeForm} />}
    </div>
  );
}

function Evaluations({ evaluations }: { readonly evaluations: readonly Evaluation[] }) {
  const selected = useEvaluate((state) => state.selected);
  const newestFirst = evaluations.toSorted((a, b) => b.createdAt - a.createdAt);
  const current = newestFirst.find(({ id }) => id === selected) ?? newestFirst[0];
  const goBy = (places: number) => {
    const next = newestFirst[newestFirst.findIndex(({ id }) => id === current?.id) + places];
    if (next) select(next.id);
  };
  useCommands({
    'evaluate.new': () => openForm([]),
    'evaluate.next': current ? () => goBy(1) : null,
    'evaluate.previous': current ? () => goBy(-1) : null,
    'evaluate.judge': current && current.answered > 0 ? () => judge(current.id) : null,
    'evaluate.remove': current ? () => void remove(current) : null,
  });
  if (!current) return <NothingYet />;
  return (
    <div className={styles.halves}>
      <EvaluationList evaluations={newestFirst} current={current.id} />
      <ReportView key={current.id} evaluation={current} />
    </div>
  );
}

const NothingYet = () => (
  <EmptyState
    icon={FlaskConical}
    title="Nothing evaluated yet"
    actions={
      <Button variant="primary" onPress={() => openForm([])}>
        New evaluation
      </Button>
    }
  >
    Every model answers the same held-out prompts. You, or the simulated labelers of the starter, rank the
    answers blind, and the win rate tells which model is preferred.
  </EmptyState>
);
