import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Button as AriaButton } from 'react-aria-components';
import { TextArea, TextField } from '../../../components/fields.tsx';
import { annotate, flushAnnotations, useAnnotations } from './annotations.ts';
import styles from './details.module.css';

const MOST_TAGS = 20;

/** Tags and a note, kept as they are typed. */
export function RunNotes({ run }: { readonly run: RunSummary }) {
  const { tags, note } = useAnnotations(run);
  // Leaving the tab sends at once what waits.
  useEffect(() => flushAnnotations, []);
  return (
    <div className={styles.notes}>
      <Tags tags={tags} onChange={(tags) => annotate(run.path, { tags })} />
      <TextArea
        label="Note"
        rows={3}
        maxLength={10_000}
        value={note}
        onChange={(note) => annotate(run.path, { note })}
        onBlur={flushAnnotations}
      />
    </div>
  );
}

interface TagsProps {
  readonly tags: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
}

function Tags({ tags, onChange }: TagsProps) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const tag = typed.trim();
    setTyped('');
    if (tag !== '' && !tags.includes(tag)) onChange([...tags, tag]);
  };
  return (
    <div className={styles.tags}>
      <span className={styles.label}>Tags</span>
      <div className={styles.chips}>
        {tags.map((tag) => (
          <span key={tag} className={styles.chip}>
            {tag}
            <AriaButton
              aria-label={`Take away the tag ${tag}`}
              onPress={() => onChange(tags.filter((other) => other !== tag))}
            >
              <X size={12} aria-hidden />
            </AriaButton>
          </span>
        ))}
        {tags.length < MOST_TAGS && (
          <TextField
            label="New tag"
            hideLabel
            placeholder="New tag, then Enter"
            maxLength={40}
            value={typed}
            onChange={setTyped}
            onBlur={add}
            onKeyDown={(event) => (event.key === 'Enter' ? add() : event.continuePropagation())}
          />
        )}
      </div>
    </div>
  );
}
