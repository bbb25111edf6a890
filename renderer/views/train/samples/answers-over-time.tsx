import { ListOrdered, Play } from 'lucide-react';
import { useState } from 'react';
import type { RunSummary, WatchedPrompt } from '../../../../core/contract/calls.ts';
import { Button } from '../../../components/button.tsx';
import { showToast } from '../../../components/toasts.tsx';
import { SegmentedControl } from '../../../components/toggles.tsx';
import { defineCommands, useCommands } from '../../../shortcuts/commands.ts';
import { call } from '../../../stores/connection.ts';
import { perform } from '../../../stores/perform.ts';
import { modelsOfRun, play } from '../run/actions.ts';
import { AnswerText, AnswerFigures } from './answer-text.tsx';
import { comparedWith, placeAt, type Answer, type Comparison } from './answers.ts';
import styles from './samples.module.css';
import { StepSlider } from './step-slider.tsx';
import { Versions } from './versions.tsx';

defineCommands('train', {
  'train.earlierAnswer': { title: 'Earlier answer', key: 'BracketLeft' },
  'train.laterAnswer': { title: 'Later answer', key: 'BracketRight' },
});

const COMPARISONS = [
  { id: 'previous', label: 'Since the previous' },
  { id: 'first', label: 'Since the first' },
  { id: 'none', label: 'As it is' },
] as const;

interface AnswersProps {
  readonly run: RunSummary;
  readonly watched: WatchedPrompt;
  /** null follows the newest. */
  readonly step: number | null;
  readonly onStep: (step: number | null) => void;
}

/** The answer to a prompt at a step, what it changed, and all that were given. */
export function AnswersOverTime({ run, watched, step, onStep }: AnswersProps) {
  const [comparison, setComparison] = useState<Comparison>('previous');
  const { prompt, answers } = watched;
  const place = placeAt(answers, step);
  const answer = answers[place]!;
  const other = comparedWith(answers, place, comparison);
  const goTo = (to: number) => onStep(to >= answers.length - 1 ? null : answers[Math.max(0, to)]!.step);
  useCommands({
    'train.earlierAnswer': place > 0 ? () => goTo(place - 1) : null,
    'train.laterAnswer': place < answers.length - 1 ? () => goTo(place + 1) : null,
  });
  return (
    <div className={styles.answers}>
      <div className={styles.question} role="group" aria-label="Prompt" tabIndex={0}>
        {prompt}
      </div>
      <StepSlider answers={answers} place={place} onPlace={goTo} />
      <div className={styles.bar}>
        <AnswerFigures answer={answer} />
        <SegmentedControl
          label="Show what changed"
          items={COMPARISONS}
          value={comparison}
          onChange={setComparison}
        />
      </div>
      <AnswerText answer={answer} other={other} />
      <div className={styles.buttons}>
        <Button size="sm" icon={Play} onPress={() => void playPrompt(run, prompt)}>
          Ask in Play
        </Button>
        <Button
          size="sm"
          icon={ListOrdered}
          isDisabled={other === undefined || other.completion === answer.completion}
          onPress={() => other && void rank(run, prompt, [other, answer])}
        >
          Send both to Rank
        </Button>
      </div>
      <Versions
        answers={answers}
        place={place}
        onStep={(to) => onStep(to === answers.at(-1)!.step ? null : to)}
      />
    </div>
  );
}

async function playPrompt({ path }: RunSummary, prompt: string): Promise<void> {
  const models = await call('models.list', {}).catch(() => []);
  const newest = modelsOfRun(path, models)[0];
  if (newest) play([newest.path], prompt);
  else showToast({ title: 'This run has made no model yet: wait for its first checkpoint.' });
}

/** Two answers of different steps, to be told apart by people who do not know which is which. */
async function rank({ path }: RunSummary, prompt: string, answers: readonly Answer[]): Promise<void> {
  const completions = answers.map(({ completion, step }) => ({
    text: completion,
    origin: { kind: 'sampled' as const, name: path, settings: { step } },
  }));
  if (await perform('rank.add', { prompt, completions }))
    showToast({ tone: 'success', title: 'Both answers wait in the ranking queue' });
}
