import { Component, type ReactNode } from 'react';
import styles from './crash-screen.module.css';

interface Props {
  readonly children: ReactNode;
}

/** What is shown where the window itself fails: the work goes on without it, and a reload brings all of it back. */
export class CrashScreen extends Component<Props, { readonly error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const error = this.state.error as Error | null;
    if (error === null) return this.props.children;
    return (
      <main className={styles.screen} role="alert">
        <h1>The window has failed</h1>
        <p>
          Runs go on in their own process and everything you entered is on disk. Reload the window to go on.
        </p>
        <p className={styles.actions}>
          {/* A plain button: nothing that may itself be broken. */}
          <button type="button" className={styles.reload} onClick={() => location.reload()} autoFocus>
            Reload
          </button>
        </p>
        <details>
          <summary>Details</summary>
          <pre>{error.stack ?? error.message}</pre>
        </details>
      </main>
    );
  }
}
