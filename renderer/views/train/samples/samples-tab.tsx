import { ListBox, ListBoxItem } from 'react-aria-components';
import type { RunSummary, WatchedPrompt } from '../../../../core/contract/calls.ts';
import { ErrorMessage, Spinner } from '../../../components/text.tsx';
import { AnswersOverTime } from './answers-over-time.tsx';
import styles from './samples.module.css';
import { useSamples, useSight } from './use-samples.ts';

/** A fixed set of prompts, and how the answers to each have changed over the run. */
export function SamplesTab({ run }: { readonly run: RunSummary }) {
  const { data, error } = useSamples(run.path);
  const { prompt, setPrompt, step, setStep } = useSight();
  if (error !== undefined) return <ErrorMessage>{error}</ErrorMessage>;
  if (!data) return <Spinner label="Reading the answers…" />;
  const watched = data.filter(({ answers }) => answers.length > 0);
  const shown = watched[Math.min(prompt, watched.length - 1)];
  if (!shown) return <NoSamples />;
  return (
    <div className={styles.samples}>
      <Prompts watched={watched} shown={shown} onShow={setPrompt} />
      <AnswersOverTime run={run} watched={shown} step={step} onStep={setStep} />
    </div>
  );
}

interface PromptsProps {
  readonly watched: readonly WatchedPrompt[];
  readonly shown: WatchedPrompt;
  readonly onShow: (index: number) => void;
}

function Prompts({ watched, shown, onShow }: PromptsProps) {
  return (
    <ListBox
      aria-label="Watched prompts"
      className={styles.prompts!}
      items={watched.map(({ prompt }, id) => ({ id, prompt }))}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      selectedKeys={[watched.indexOf(shown)]}
      onSelectionChange={(keys) => keys !== 'all' && onShow(Number([...keys][0]))}
    >
      {({ id, prompt }) => (
        <ListBoxItem id={id} textValue={prompt} className={styles.prompt!}>
          <span>{prompt}</span>
        </ListBoxItem>
      )}
    </ListBox>
  );
}

function NoSamples() {
  return (
    <p className={styles.nothing}>
      No answers yet. A run with a data snapshot answers the same few prompts now and then; they appear here.
    </p>
  );
}
