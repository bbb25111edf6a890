import { Eraser, Pencil, Plus, RefreshCw } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Toolbar } from '../../components/page.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { isWriting } from './conversation.ts';
import { addColumn, askAgain, clear, editLast, usePlay } from './play-store.ts';

/** What acts on all columns; without a model to add there is no room for one. */
export function PlayToolbar({ addModel }: { readonly addModel: string | undefined }) {
  const turns = usePlay((state) => state.turns);
  const hasNone = turns.length === 0;
  return (
    <Toolbar title="Play">
      <Button
        variant="quiet"
        icon={Pencil}
        combo={useKeyOf('play.edit')}
        isDisabled={hasNone}
        onPress={editLast}
      >
        Edit last
      </Button>
      <Button
        variant="quiet"
        icon={RefreshCw}
        combo={useKeyOf('play.again')}
        isDisabled={hasNone || turns.some(isWriting)}
        onPress={askAgain}
      >
        Ask again
      </Button>
      <Button
        variant="quiet"
        icon={Eraser}
        combo={useKeyOf('play.clear')}
        isDisabled={hasNone}
        onPress={clear}
      >
        Clear
      </Button>
      <Button
        icon={Plus}
        isDisabled={addModel === undefined}
        onPress={() => addModel !== undefined && addColumn(addModel)}
      >
        Add model
      </Button>
    </Toolbar>
  );
}
