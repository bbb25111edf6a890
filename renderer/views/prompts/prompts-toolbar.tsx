import {
  ChevronDown,
  Download,
  Eraser,
  Plus,
  Shuffle,
  UserMinus,
  Copy,
  TextQuote,
  Upload,
  IdCard,
} from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';
import { Toolbar } from '../../components/page.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { openDialog, showPanel, type DialogId } from './prompts-store.ts';

const hygiene = [
  { id: 'exact', label: 'Exact duplicates…', icon: Copy },
  { id: 'prefix', label: 'Prompts that begin alike…', icon: TextQuote },
  { id: 'personal-data', label: 'Personal data…', icon: IdCard },
  { id: 'author-limit', label: 'Prompts per author…', icon: UserMinus },
  { id: 'split-by-author', label: 'Split by author…', icon: Shuffle },
] as const satisfies readonly { id: DialogId; label: string; icon: unknown }[];

export function PromptsToolbar({ empty }: { readonly empty: boolean }) {
  return (
    <Toolbar title="Prompts">
      {!empty && (
        <Menu
          label="Clean up"
          trigger={
            <Button variant="quiet" icon={Eraser}>
              Clean up
              <ChevronDown size={13} aria-hidden />
            </Button>
          }
          items={hygiene.map((item) => ({ ...item, onAction: () => openDialog(item.id) }))}
        />
      )}
      <Button variant="quiet" icon={Upload} onPress={() => openDialog('import')}>
        Import
      </Button>
      {!empty && (
        <Button variant="quiet" icon={Download} onPress={() => openDialog('export')}>
          Export
        </Button>
      )}
      <AddMenu />
    </Toolbar>
  );
}

function AddMenu() {
  const addKey = useKeyOf('prompts.add');
  const fewShotKey = useKeyOf('prompts.addFewShot');
  return (
    <Menu
      label="Add"
      trigger={
        <Button variant="primary" icon={Plus}>
          Add
        </Button>
      }
      items={[
        { id: 'add', label: 'Prompt', combo: addKey, onAction: () => showPanel({ name: 'add' }) },
        {
          id: 'few-shot',
          label: 'Few-shot prompt',
          description: 'From an instruction and examples',
          combo: fewShotKey,
          onAction: () => showPanel({ name: 'few-shot' }),
        },
      ]}
    />
  );
}
