import { useEffect, useRef, useState } from 'react';
import type { AlgorithmName } from '../../../../core/contract/algorithms.ts';
import { call, messageOf } from '../../../stores/connection.ts';
import type { NewRun } from '../train-store.ts';
import { draftOf, type Draft, type Suggestion } from './draft.ts';

interface DraftState {
  /** undefined until the project has suggested one. */
  readonly draft: Draft | undefined;
  /** Why nothing could be suggested. */
  readonly error: string | null;
  readonly change: (change: Partial<Draft>) => void;
  /** Begins again for another stage. */
  readonly chooseStage: (algorithm: AlgorithmName) => void;
}

/** A new run that begins as the project suggests, with what was asked for in its place. */
export function useDraft(start: NewRun): DraftState {
  const [asked, setAsked] = useState<NewRun>(start);
  const [draft, setDraft] = useState<Draft>();
  const [error, setError] = useState<string | null>(null);
  const latest = useRef(asked);
  latest.current = asked;
  useEffect(() => {
    void suggestionFor(asked).then(({ suggested, error }) => {
      if (latest.current !== asked) return;
      setError(error);
      setDraft(draftOf(suggested, asked));
    });
  }, [asked]);
  return {
    draft,
    error,
    change: (change) => setDraft((before) => before && { ...before, ...change }),
    chooseStage: (algorithm) =>
      setAsked(algorithm === start.algorithm ? start : ofRound(algorithm, start.round)),
  };
}

const ofRound = (algorithm: AlgorithmName, round: number | undefined): NewRun => ({
  algorithm,
  ...(round !== undefined && { round }),
});

async function suggestionFor(asked: NewRun): Promise<{ suggested: Suggestion; error: string | null }> {
  try {
    return { suggested: await call('runs.suggest', ofRound(asked.algorithm, asked.round)), error: null };
  } catch (error) {
    return { suggested: { algorithm: asked.algorithm }, error: messageOf(error) };
  }
}
