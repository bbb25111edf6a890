import { Search } from 'lucide-react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  TextField,
  useFilter,
} from 'react-aria-components';
import popover from '../components/popover.module.css';
import { Kbd } from '../components/text.tsx';
import { allCommands, handlerOf, keyOf, type Command } from '../shortcuts/commands.ts';
import { useUi } from '../stores/ui.ts';
import styles from './palette.module.css';

const close = () => useUi.setState({ paletteOpen: false });

/** Everything that can be done now, found by its words. */
export function Palette() {
  const isOpen = useUi((state) => state.paletteOpen);
  return (
    <ModalOverlay
      className={styles.scrim!}
      isOpen={isOpen}
      onOpenChange={(open) => !open && close()}
      isDismissable
    >
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!} aria-label="Commands">
          <CommandSearch />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function CommandSearch() {
  const { contains } = useFilter({ sensitivity: 'base' });
  return (
    <Autocomplete filter={(text, words) => words.split(/\s+/).every((word) => contains(text, word))}>
      <TextField aria-label="Search commands" autoFocus className={styles.search!}>
        <Search size={16} aria-hidden />
        <Input placeholder="What do you want to do?" />
      </TextField>
      {/* There are more than fit: whoever moves the focus here scrolls through them. */}
      <div className={styles.list} role="group" aria-label="All that can be done now" tabIndex={0}>
        <Menu
          aria-label="Commands"
          items={usableNow()}
          onAction={(id) => run(String(id))}
          renderEmptyState={() => <p className={styles.nothing}>No command has these words.</p>}
        >
          {({ id, title }) => (
            <MenuItem id={id} textValue={title} className={popover.item!}>
              <span className={popover.words}>{title}</span>
              <KeyOf id={id} />
            </MenuItem>
          )}
        </Menu>
      </div>
    </Autocomplete>
  );
}

function KeyOf({ id }: { readonly id: string }) {
  const combo = keyOf(id);
  return combo && <Kbd combo={combo} />;
}

/** Those of the screen first. */
const usableNow = (): Command[] =>
  allCommands()
    .filter(({ id }) => id !== 'app.palette' && handlerOf(id) !== null)
    .toSorted((a, b) => Number(a.scope === 'global') - Number(b.scope === 'global'));

function run(id: string): void {
  close();
  // After the focus went back to where it was.
  setTimeout(() => handlerOf(id)?.());
}
