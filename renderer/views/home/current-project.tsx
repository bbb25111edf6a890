import { ArrowRight } from 'lucide-react';
import type { ProjectSummary } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import type { ScreenId } from '../../stores/screen-ids.ts';
import { goTo } from '../../stores/ui.ts';
import styles from './home.module.css';

type Counts = ProjectSummary['counts'];

const COUNT_WORDS: readonly (readonly [keyof Counts, string])[] = [
  ['prompts', 'Prompts'],
  ['demonstrations', 'Demonstrations'],
  ['completions', 'Completions'],
  ['rankings', 'Rankings'],
  ['runs', 'Runs'],
];

interface Step {
  readonly when: (counts: Counts) => boolean;
  readonly words: string;
  readonly action: string;
  readonly screen: ScreenId;
}

/** What to do next: the first that holds. */
const STEPS: readonly Step[] = [
  {
    when: ({ prompts }) => prompts === 0,
    words: 'Begin with prompts: import a file, or write the first by hand.',
    action: 'Add prompts',
    screen: 'prompts',
  },
  {
    when: ({ demonstrations }) => demonstrations === 0,
    words: 'Write demonstrations: the answers that you would want to read.',
    action: 'Write demonstrations',
    screen: 'demonstrate',
  },
  {
    when: ({ completions }) => completions === 0,
    words: 'Sample completions from a model, to rank them against each other.',
    action: 'Sample completions',
    screen: 'rank',
  },
  {
    when: () => true,
    words: 'Completions are waiting to be ranked.',
    action: 'Go on ranking',
    screen: 'rank',
  },
];

/** The open project in numbers, and the next step. */
export function CurrentProject({ project: { counts } }: { readonly project: ProjectSummary }) {
  const step = STEPS.find(({ when }) => when(counts))!;
  return (
    <section className={styles.current} aria-label="This project">
      <dl className={styles.counts}>
        {COUNT_WORDS.map(([key, words]) => (
          <div key={key}>
            <dt>{words}</dt>
            <dd>{counts[key].toLocaleString()}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.next}>
        <p>{step.words}</p>
        <Button variant="primary" onPress={() => goTo(step.screen)}>
          {step.action}
          <ArrowRight size={14} aria-hidden />
        </Button>
      </div>
    </section>
  );
}
