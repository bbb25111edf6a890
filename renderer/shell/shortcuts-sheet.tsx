import { Dialog } from '../components/dialog.tsx';
import { Kbd } from '../components/text.tsx';
import { allCommands, keyOf } from '../shortcuts/commands.ts';
import { useUi } from '../stores/ui.ts';
import { screens } from './screens.ts';
import styles from './shortcuts-sheet.module.css';

/** Every command that has a key, by where it works. */
export function ShortcutsSheet() {
  const isOpen = useUi((state) => state.shortcutsOpen);
  return (
    <Dialog
      title="Keyboard shortcuts"
      isOpen={isOpen}
      onClose={() => useUi.setState({ shortcutsOpen: false })}
      width="lg"
    >
      {/* Longer than the window: with the focus in it, the arrow keys scroll. */}
      <div className={styles.groups} role="group" aria-label="Shortcuts" tabIndex={0}>
        <Group title="Everywhere" scope="global" />
        {screens.map(({ id, title }) => (
          <Group key={id} title={title} scope={id} />
        ))}
      </div>
    </Dialog>
  );
}

function Group({ title, scope }: { readonly title: string; readonly scope: string }) {
  const commands = allCommands().flatMap((command) => {
    const combo = keyOf(command.id);
    return command.scope === scope && combo !== null ? [{ ...command, combo }] : [];
  });
  if (commands.length === 0) return null;
  return (
    <section className={styles.group}>
      <h3>{title}</h3>
      <dl>
        {commands.map(({ id, title, combo }) => (
          <div key={id}>
            <dt>{title}</dt>
            <dd>
              <Kbd combo={combo} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
