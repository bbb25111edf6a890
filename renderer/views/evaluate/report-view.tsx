import { Download, Gavel, Play, Square, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Evaluation, EvaluationReport } from '../../../core/contract/calls.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { ProgressBar } from '../../components/progress.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { stopWork } from '../../stores/work.ts';
import { useCall } from '../../stores/use-call.ts';
import { saveFile } from '../sampling/save-file.ts';
import { curvesOf } from './checkpoints.ts';
import { CheckpointCurves } from './checkpoint-curves.tsx';
import {
  judge,
  remove,
  resume,
  showTab,
  useEvaluate,
  useWorkOn,
  type EvaluateTab,
} from './evaluate-store.ts';
import styles from './evaluate.module.css';
import { csvOf } from './export-csv.ts';
import { Ratings } from './ratings.tsx';
import { WinRateView } from './win-rate-view.tsx';

/** One evaluation: how far it is, and what it tells so far. */
export function ReportView({ evaluation }: { readonly evaluation: Evaluation }) {
  const { data: report, error } = useCall('evaluations.report', { id: evaluation.id });
  return (
    <article className={styles.report} aria-label={evaluation.name}>
      <Head evaluation={evaluation} report={report} />
      <Progress evaluation={evaluation} />
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {!report && !error && <Spinner label="Counting judgements…" />}
      {report && <Parts report={report} />}
    </article>
  );
}

interface HeadProps {
  readonly evaluation: Evaluation;
  readonly report: EvaluationReport | undefined;
}

function Head({ evaluation, report }: HeadProps) {
  const { id, name, settings } = evaluation;
  const { temperature, topP, maxTokens, seed } = settings;
  return (
    <header className={styles.head}>
      <div>
        <h2>{name}</h2>
        <p>
          temperature {temperature}
          {topP < 1 && `, top-p ${topP}`}, {maxTokens} tokens at most, seed {seed}
        </p>
      </div>
      <Button
        variant={evaluation.judged < evaluation.answered ? 'primary' : 'secondary'}
        icon={Gavel}
        combo={useKeyOf('evaluate.judge')}
        isDisabled={evaluation.answered === 0}
        onPress={() => judge(id)}
      >
        Judge
      </Button>
      <IconButton
        label="Save the numbers as CSV"
        icon={Download}
        isDisabled={!report}
        onPress={() => report && saveFile(`${name}.csv`, 'text/csv', csvOf(report))}
      />
      <IconButton
        label="Remove the evaluation"
        icon={Trash2}
        combo={useKeyOf('evaluate.remove')}
        onPress={() => void remove(evaluation)}
      />
    </header>
  );
}

/** How much is answered and judged, and the way to go on with it. */
function Progress({ evaluation }: { readonly evaluation: Evaluation }) {
  const work = useWorkOn(evaluation);
  const { id, prompts, answered, judged } = evaluation;
  if (work)
    return (
      <div className={styles.progress}>
        <ProgressBar
          label={work.message || work.title}
          value={work.total > 0 ? work.done : null}
          max={work.total}
        />
        <Button size="sm" icon={Square} onPress={() => stopWork(work.id)}>
          Stop
        </Button>
      </div>
    );
  return (
    <div className={styles.progress}>
      <p role="status">
        {answered < prompts && `${answered} of ${prompts} prompts answered by every model. `}
        {judged} of {answered} judged.
      </p>
      {answered < prompts && (
        <Button size="sm" icon={Play} onPress={() => resume(id)}>
          Go on answering
        </Button>
      )}
    </div>
  );
}

function Parts({ report }: { readonly report: EvaluationReport }) {
  const tab = useEvaluate((state) => state.tab);
  const models = useCall('models.list', {}).data ?? [];
  const curves = curvesOf(report, models);
  const items: { id: EvaluateTab; label: string; content: ReactNode }[] = [
    { id: 'wins', label: 'Win rates', content: <WinRateView report={report} /> },
    { id: 'ratings', label: 'Ratings', content: <Ratings report={report} /> },
    { id: 'checkpoints', label: 'Over-optimisation', content: <CheckpointCurves curves={curves} /> },
  ];
  return <Tabs label="Parts of the report" items={items} value={tab} onChange={showTab} />;
}
