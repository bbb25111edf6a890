import { useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SearchField } from '../../components/fields.tsx';
import popover from '../../components/popover.module.css';
import { ErrorMessage } from '../../components/text.tsx';
import { useCall } from '../../stores/use-call.ts';
import { counted, splitNames, useCaseNames } from '../prompts/names.ts';
import styles from './composer.module.css';

/** So many are shown; to come to the others one searches. */
const SHOWN = 50;

interface PromptPickerProps {
  readonly onPick: (text: string) => void;
  readonly onClose: () => void;
}

/** Takes a prompt of the project as the question. */
export function PromptPicker({ onPick, onClose }: PromptPickerProps) {
  const [search, setSearch] = useState('');
  const filter = search.trim() === '' ? {} : { search };
  const { data, error } = useCall('prompts.page', { filter, offset: 0, limit: SHOWN });
  const pick = (id: number) => {
    const prompt = data?.rows.find((row) => row.id === id);
    if (!prompt) return;
    onPick(prompt.text);
    onClose();
  };
  return (
    <Dialog
      title="Take a prompt of the project"
      isOpen
      onClose={onClose}
      width="lg"
      footer={<Button onPress={onClose}>Cancel</Button>}
    >
      <div className={styles.picker}>
        <SearchField label="Search prompts" value={search} onChange={setSearch} autoFocus maxLength={1000} />
        {error && <ErrorMessage>{error}</ErrorMessage>}
        <ListBox
          className={styles.prompts!}
          aria-label="Prompts"
          selectionMode="none"
          items={data?.rows ?? []}
          onAction={(key) => pick(Number(key))}
          renderEmptyState={() => <p>{data ? 'No prompt has these words.' : ''}</p>}
        >
          {({ id, text, split, useCase }) => (
            <ListBoxItem className={popover.item!} id={id} textValue={text}>
              <span className={popover.words}>
                <span className={styles.prompt}>{text}</span>
                <small>
                  {splitNames[split]}
                  {useCase && `, ${useCaseNames[useCase]}`}
                </small>
              </span>
            </ListBoxItem>
          )}
        </ListBox>
        <p role="status">
          {data && (data.total > SHOWN ? `The first ${SHOWN} of ` : '') + counted(data.total, 'prompt')}
        </p>
      </div>
    </Dialog>
  );
}
