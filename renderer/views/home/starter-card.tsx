import { Sprout } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { openProject } from '../../stores/session.ts';
import styles from './home.module.css';

/** The way in for a newcomer, a project with everything in it: what to press where nothing is open yet. */
export function StarterCard({ isFirst }: { readonly isFirst: boolean }) {
  const [opening, setOpening] = useState(false);
  const open = async () => {
    setOpening(true);
    await openProject('project.openStarter', {});
    setOpening(false);
  };
  return (
    <section className={styles.starter} aria-labelledby="starter">
      <span className={styles.starterIcon}>
        <Sprout size={20} aria-hidden />
      </span>
      <div className={styles.grow}>
        <h2 id="starter">Starter project</h2>
        <p>
          A small model with prompts, demonstrations and labelers of its own: go through the whole of
          InstructGPT in minutes, with nothing to download.
        </p>
      </div>
      <Button variant={isFirst ? 'primary' : 'secondary'} onPress={() => void open()} isDisabled={opening}>
        {opening ? 'Opening…' : 'Open the starter'}
      </Button>
    </section>
  );
}
