import { Fragment } from 'react';
import type { Part } from './difference.ts';
import styles from './difference-text.module.css';

const TAGS = { same: 'span', added: 'ins', lacking: 'del' } as const;

/** A text as its differences from another: what it adds, and what it lacks. */
export function DifferenceText({ parts }: { readonly parts: readonly Part[] }) {
  return parts.map(({ kind, text }, at) => {
    const Tag = TAGS[kind];
    return (
      <Fragment key={at}>
        <Tag className={styles[kind]}>{text}</Tag>
        {kind === 'lacking' && ' '}
      </Fragment>
    );
  });
}
