import { Button } from 'react-aria-components';
import { classes } from '../../../components/classes.ts';
import { showFigure } from '../figures.ts';
import { versionsOf, type Answer, type Version } from './answers.ts';
import styles from './samples.module.css';

interface VersionsProps {
  readonly answers: readonly Answer[];
  /** The one that is shown. */
  readonly place: number;
  readonly onStep: (step: number) => void;
}

/** Every different answer once, the newest first. */
export function Versions({ answers, place, onStep }: VersionsProps) {
  const versions = versionsOf(answers).toReversed();
  const step = answers[place]!.step;
  return (
    <section className={styles.versions} aria-label="How it changed">
      <h3>{versions.length === 1 ? 'It has not changed' : `${versions.length} different answers`}</h3>
      <ul>
        {versions.map((version) => (
          <li key={version.from}>
            <Button
              className={classes(styles.version, version.from <= step && step <= version.to && styles.shown)}
              onPress={() => onStep(version.to)}
            >
              <span className={styles.when}>{stepsOf(version)}</span>
              <span className={styles.excerpt}>{version.answer.completion.trim() || 'An empty answer'}</span>
              {version.answer.score !== null && (
                <span className={styles.score}>{showFigure(version.answer.score)}</span>
              )}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const stepsOf = ({ from, to }: Version): string =>
  from === to ? from.toLocaleString('en') : `${from.toLocaleString('en')}–${to.toLocaleString('en')}`;
