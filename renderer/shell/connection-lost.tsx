import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from '../components/button.tsx';
import { Spinner } from '../components/text.tsx';
import { connect, useConnection } from '../stores/connection.ts';
import styles from './connection-lost.module.css';

/** Covers the window while nothing it shows could be kept. It goes by itself. */
export function ConnectionLost() {
  const { state, reason } = useConnection();
  return (
    <ModalOverlay className={styles.scrim!} isOpen={state === 'lost'} isKeyboardDismissDisabled>
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!} role="alertdialog">
          <Heading slot="title" level={2}>
            The connection to the workbench is lost
          </Heading>
          <p>{reason}</p>
          <p>
            Everything that was submitted is kept, and work under way goes on. What you were typing is still
            here.
          </p>
          <div className={styles.row}>
            <Spinner label="Connecting again…" />
            <Button onPress={() => void connect()}>Try now</Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
