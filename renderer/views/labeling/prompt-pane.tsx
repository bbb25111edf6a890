import { ChevronDown, ChevronUp } from 'lucide-react';
import { Fragment, useLayoutEffect, useRef, useState } from 'react';
import type { Prompt } from '../../../core/contract/entities.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Badge } from '../../components/text.tsx';
import { kindNames, useCaseNames } from '../prompts/names.ts';
import { promptParts } from './prompt-parts.ts';
import styles from './prompt-pane.module.css';

/** The prompt in full; a long one shows its beginning and opens on demand. */
export function PromptPane({ prompt }: { readonly prompt: Prompt }) {
  const body = useRef<HTMLDivElement>(null);
  const [isLong, setLong] = useState(false);
  const [isOpen, setOpen] = useState(false);

  useLayoutEffect(() => setOpen(false), [prompt.id]);
  useLayoutEffect(() => {
    const { scrollHeight, clientHeight } = body.current!;
    if (!isOpen) setLong(scrollHeight > clientHeight + 1);
  }, [prompt.id, isOpen]);

  return (
    <section className={styles.pane} aria-label="Prompt">
      <header className={styles.header}>
        <h2>Prompt</h2>
        {prompt.useCase && <Badge>{useCaseNames[prompt.useCase]}</Badge>}
        {prompt.kind !== 'plain' && <Badge>{kindNames[prompt.kind]}</Badge>}
        {isLong && (
          <Button
            variant="quiet"
            size="sm"
            icon={isOpen ? ChevronUp : ChevronDown}
            aria-expanded={isOpen}
            onPress={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Show less' : 'Show all of it'}
          </Button>
        )}
      </header>
      <div
        ref={body}
        className={classes(styles.body, !isOpen && styles.closed, isLong && !isOpen && styles.faded)}
      >
        <PromptText prompt={prompt} />
      </div>
    </section>
  );
}

function PromptText({ prompt }: { readonly prompt: Prompt }) {
  return promptParts(prompt.text.trimEnd(), prompt.kind).map((lines, block) => (
    <p key={block}>
      {lines.map(({ lead, text }, line) => (
        <Fragment key={line}>
          {line > 0 && '\n'}
          {lead && <b>{lead}</b>}
          {text}
        </Fragment>
      ))}
    </p>
  ));
}
