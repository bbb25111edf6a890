import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import '../../../../renderer/theme/tokens.css';
import '../../../../renderer/theme/reset.css';
import { Button } from '../../../../renderer/components/button.tsx';
import { Dialog } from '../../../../renderer/components/dialog.tsx';
import { TextArea } from '../../../../renderer/components/fields.tsx';
import { defineCommands, useCommands } from '../../../../renderer/shortcuts/commands.ts';
import { followKeys } from '../../../../renderer/shortcuts/dispatch.ts';

defineCommands('global', {
  'app.plain': { title: 'Plain', key: 'KeyG' },
  'app.submit': { title: 'Submit', key: 'Ctrl+Enter' },
  'app.undo': { title: 'Undo', key: 'Ctrl+KeyZ' },
  'app.enter': { title: 'Enter', key: 'Enter' },
  'app.shared': { title: 'Everywhere', key: 'KeyS' },
});
defineCommands('rank', {
  'rank.shared': { title: 'Here', key: 'KeyS' },
  'rank.never': { title: 'Not now', key: 'KeyN' },
});

followKeys();

/** Writes down what was done, in order. */
function KeysPage() {
  const [done, setDone] = useState<readonly string[]>([]);
  const [isOpen, setOpen] = useState(false);
  const note = (what: string) => () => setDone((before) => [...before, what]);
  useCommands({
    'app.plain': note('plain'),
    'app.submit': note('submit'),
    'app.undo': note('undo'),
    'app.enter': note('enter'),
    'app.shared': note('everywhere'),
    'rank.shared': note('here'),
    'rank.never': null,
  });
  return (
    <main>
      <output>{done.join(' ')}</output>
      <TextArea label="Text" />
      <Button onPress={note('pressed')}>Press</Button>
      <Button onPress={() => setOpen(true)}>Open</Button>
      <Dialog title="Dialog" isOpen={isOpen} onClose={() => setOpen(false)}>
        Words
      </Dialog>
    </main>
  );
}

createRoot(document.getElementById('root')!).render(<KeysPage />);
