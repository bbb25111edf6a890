import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { PopoverButton } from '../../components/popover.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { useCall } from '../../stores/use-call.ts';
import { messagesTo, type Column } from './conversation.ts';
import { systemFor, usePlay } from './play-store.ts';
import styles from './play.module.css';

interface WhatItReadsProps {
  readonly column: Column;
  readonly number: number;
}

/** Says whether a model reads conversations as its chat template has them, and shows the very text on demand. */
export function WhatItReads({ column, number }: WhatItReadsProps) {
  const { readings, settings } = usePlay();
  const hasTemplate = readings[column.model]?.hasTemplate;
  if (hasTemplate === undefined) return null;
  const name = hasTemplate && settings.chatTemplate === 'auto' ? 'Template' : 'Plain';
  return (
    <PopoverButton
      label={`What column ${number} reads`}
      trigger={
        <Button variant="quiet" size="sm" aria-label={`${name}: what column ${number} reads`}>
          {name}
        </Button>
      }
    >
      <ExactText column={column} hasTemplate={hasTemplate} />
    </PopoverButton>
  );
}

/** Of the question that is being typed, or else of the last one that was asked. */
function ExactText({ column, hasTemplate }: { readonly column: Column; readonly hasTemplate: boolean }) {
  const { turns, draft, ending, settings } = usePlay();
  const last = turns.at(-1);
  const question = draft.trim() || last?.question || '';
  const before = draft.trim() === '' ? turns.slice(0, -1) : turns;
  const messages = messagesTo(before, column.id, { question, ending, system: systemFor(column.model) });
  const { chatTemplate } = settings;
  const input = question === '' ? null : { model: column.model, messages, chatTemplate };
  const { data, error } = useCall('play.read', input);
  return (
    <div className={styles.reads}>
      <p>{howItReads(hasTemplate, chatTemplate)}</p>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {input === null && <p>Write a question to see the text that it becomes.</p>}
      {input !== null &&
        !error &&
        (data ? <Shown text={data.text} tokens={data.tokens} /> : <Spinner label="Reading…" />)}
    </div>
  );
}

const howItReads = (hasTemplate: boolean, chatTemplate: 'auto' | 'none'): ReactNode => {
  if (!hasTemplate) return 'This model has no chat template: it reads a question as it is.';
  return chatTemplate === 'auto'
    ? 'Written as the chat template of this model has it; the answer goes on from its end.'
    : 'The chat template of this model is switched off: it reads a question as it is.';
};

function Shown({ text, tokens }: { readonly text: string; readonly tokens: number }) {
  return (
    <>
      <pre tabIndex={0} aria-label="The exact text">
        {text}
      </pre>
      <small>{tokens === 1 ? '1 token' : `${tokens} tokens`}</small>
    </>
  );
}
