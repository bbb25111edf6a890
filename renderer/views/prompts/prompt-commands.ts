import { defineCommands, useCommands } from '../../shortcuts/commands.ts';
import { openDialog, removeSelected, showPanel, undoChange, usePrompts } from './prompts-store.ts';

defineCommands('prompts', {
  'prompts.search': { title: 'Search prompts', key: '/' },
  'prompts.add': { title: 'New prompt', key: 'KeyN' },
  'prompts.addFewShot': { title: 'New few-shot prompt', key: 'Shift+KeyN' },
  'prompts.save': { title: 'Save the prompt', key: 'Mod+Enter' },
  'prompts.remove': { title: 'Delete the selected prompts', key: 'Delete' },
  'prompts.undo': { title: 'Undo the last change to the prompts', key: 'Mod+KeyZ' },
  'prompts.import': { title: 'Import a file', key: 'KeyI' },
  'prompts.export': { title: 'Export', key: 'KeyE' },
});

interface PromptCommands {
  readonly total: number;
  readonly onSearch: () => void;
}

export function usePromptCommands({ total, onSearch }: PromptCommands): void {
  const lastChange = usePrompts((state) => state.changes.at(-1)?.id);
  useCommands({
    'prompts.search': onSearch,
    'prompts.add': () => showPanel({ name: 'add' }),
    'prompts.addFewShot': () => showPanel({ name: 'few-shot' }),
    'prompts.remove': total > 0 ? () => void removeSelected(total) : null,
    'prompts.undo': lastChange === undefined ? null : () => void undoChange(lastChange),
    'prompts.import': () => openDialog('import'),
    'prompts.export': () => openDialog('export'),
  });
}
