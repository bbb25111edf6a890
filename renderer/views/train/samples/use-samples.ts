import { useEffect, useState } from 'react';
import type { WatchedPrompt } from '../../../../core/contract/calls.ts';
import { onEvent } from '../../../stores/connection.ts';
import { useCall, type Reading } from '../../../stores/use-call.ts';

const READ_EVERY_MS = 2000;

/** The answers of a run to its watched prompts, read again while it trains. */
export function useSamples(path: string): Reading<WatchedPrompt[]> {
  const reading = useCall('runs.samples', { path });
  const { reload } = reading;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      reload();
    };
    const end = onEvent('metrics', ({ run }) => {
      if (run === path) timer ??= setTimeout(read, READ_EVERY_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [path, reload]);
  return reading;
}

/** Which prompt is looked at, and at which step; null follows the newest answer. */
export function useSight() {
  const [prompt, setPrompt] = useState(0);
  const [step, setStep] = useState<number | null>(null);
  return { prompt, setPrompt, step, setStep };
}
