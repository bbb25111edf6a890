import type { Prompt } from '../../../core/contract/entities.ts';
import type { Column } from '../../components/virtual-table.tsx';
import { kindNames, splitNames, useCaseNames } from './names.ts';
import styles from './prompt-columns.module.css';
import type { SortBy } from './prompts-store.ts';

/** Only the beginning is in sight. */
const PREVIEW = 400;

const text: Column<Prompt, SortBy> = {
  id: 'text',
  header: 'Prompt',
  width: 'minmax(200px, 1fr)',
  sortable: true,
  render: ({ text }) => text.slice(0, PREVIEW),
};
const kind: Column<Prompt, SortBy> = {
  id: 'kind',
  header: 'Kind',
  width: '96px',
  sortable: true,
  render: ({ kind }) => <span className={styles.muted}>{kindNames[kind]}</span>,
};
const useCase: Column<Prompt, SortBy> = {
  id: 'useCase',
  header: 'Use case',
  width: '120px',
  sortable: true,
  render: ({ useCase }) => (useCase ? useCaseNames[useCase] : <None />),
};
const author: Column<Prompt, SortBy> = {
  id: 'author',
  header: 'Author',
  width: '120px',
  sortable: true,
  render: ({ author }) => author ?? <None />,
};
const split: Column<Prompt, SortBy> = {
  id: 'split',
  header: 'Split',
  width: '88px',
  sortable: true,
  render: ({ split }) => <span className={styles.muted}>{splitNames[split]}</span>,
};
const source: Column<Prompt, SortBy> = {
  id: 'source',
  header: 'Source',
  width: '136px',
  sortable: true,
  render: ({ source }) => <span className={styles.muted}>{source}</span>,
};

function None() {
  return (
    <span className={styles.none} aria-label="none">
      –
    </span>
  );
}

export const allColumns: readonly Column<Prompt, SortBy>[] = [text, kind, useCase, author, split, source];
/** Beside a panel, which shows the rest. */
export const fewColumns: readonly Column<Prompt, SortBy>[] = [text, useCase, split];
