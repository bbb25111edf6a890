import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { RankingItem, Settings } from '../../../core/contract/calls.ts';
import { metadataLabels, type MetadataLabel } from '../../../core/contract/entities.ts';
import { Button } from '../../components/button.tsx';
import { useKeyOf } from '../../shortcuts/commands.ts';
import { classes } from '../../components/classes.ts';
import { Kbd } from '../../components/text.tsx';
import { Card } from './completion-card.tsx';
import { focusCard, nextToRate, rate, setLabel } from './rank-store.ts';
import { isRated, letterOf, ratingOf, type Ranking } from './ranking.ts';
import styles from './rate-stage.module.css';

interface RateStageProps {
  readonly candidates: RankingItem['candidates'];
  readonly ranking: Ranking;
  readonly labeling: Settings['labeling'];
}

/** One completion at a time, judged alone, before they are compared. */
export function RateStage({ candidates, ranking, labeling }: RateStageProps) {
  const { focused } = ranking;
  const text = candidates.find(({ id }) => id === focused)?.text ?? '';
  return (
    <div className={styles.stage}>
      <Card id={focused} ranking={ranking}>
        <header className={styles.header}>
          <span className={styles.letter}>{letterOf(ranking, focused)}</span>
          Completion {ranking.ids.indexOf(focused) + 1} of {ranking.ids.length}
        </header>
        <div className={styles.text}>{text}</div>
      </Card>
      <section className={styles.form} aria-label={`Rating of completion ${letterOf(ranking, focused)}`}>
        {labeling.likert && <Likert id={focused} ranking={ranking} />}
        {labeling.metadataLabels.length > 0 && (
          <Labels id={focused} ranking={ranking} names={labeling.metadataLabels} />
        )}
        <Button onPress={nextToRate} combo={useKeyOf('rank.go')}>
          Next completion
        </Button>
      </section>
    </div>
  );
}

interface OneProps {
  readonly id: number;
  readonly ranking: Ranking;
}

const SCALE = ['1', '2', '3', '4', '5', '6', '7'];

function Likert({ id, ranking }: OneProps) {
  const { overall } = ratingOf(ranking, id);
  return (
    <div className={styles.likert}>
      <h3>Overall quality</h3>
      <ToggleButtonGroup
        aria-label="Overall quality, 1 worst to 7 best"
        className={styles.scale!}
        selectionMode="single"
        selectedKeys={overall === undefined ? [] : [String(overall)]}
        onSelectionChange={([value]) => rate(id, value === undefined ? undefined : Number(value))}
      >
        {SCALE.map((value) => (
          <ToggleButton key={value} id={value} className={styles.point!}>
            {value}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <p className={styles.ends} aria-hidden>
        <span>worst</span>
        <span>best</span>
      </p>
    </div>
  );
}

function Labels({ id, ranking, names }: OneProps & { readonly names: readonly MetadataLabel[] }) {
  const { labels } = ratingOf(ranking, id);
  return (
    <ul className={styles.labels}>
      {names.map((name) => (
        <LabelRow key={name} id={id} name={name} value={labels[name]} />
      ))}
    </ul>
  );
}

interface LabelRowProps {
  readonly id: number;
  readonly name: MetadataLabel;
  readonly value: boolean | undefined;
}

function LabelRow({ id, name, value }: LabelRowProps) {
  const combo = useKeyOf(`rank.label.${name}`);
  return (
    <li>
      <span className={styles.key}>{combo && <Kbd combo={combo} />}</span>
      <span className={styles.question}>{metadataLabels[name]}</span>
      <YesNo label={metadataLabels[name]} value={value} onChange={(next) => setLabel(id, name, next)} />
    </li>
  );
}

interface YesNoProps {
  readonly label: string;
  readonly value: boolean | undefined;
  readonly onChange: (value: boolean | undefined) => void;
}

/** Yes, no, or neither: pressing what is chosen takes it back. */
function YesNo({ label, value, onChange }: YesNoProps) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={styles.yesNo!}
      selectionMode="single"
      selectedKeys={value === undefined ? [] : [value ? 'yes' : 'no']}
      onSelectionChange={([key]) => onChange(key === undefined ? undefined : key === 'yes')}
    >
      <ToggleButton id="yes" className={styles.answer!}>
        Yes
      </ToggleButton>
      <ToggleButton id="no" className={styles.answer!}>
        No
      </ToggleButton>
    </ToggleButtonGroup>
  );
}

/** All completions with their ratings; pressing one shows it. */
export function RatingDock({ ranking }: { readonly ranking: Ranking }) {
  return (
    <div className={styles.dock} role="group" aria-label="Completions">
      {ranking.ids.map((id) => (
        <button
          key={id}
          type="button"
          className={classes(styles.tab, ranking.focused === id && styles.current)}
          aria-pressed={ranking.focused === id}
          onClick={() => focusCard(id)}
        >
          <b>{letterOf(ranking, id)}</b>
          {isRated(ranking, id) ? (
            <span>{ratingOf(ranking, id).overall} of 7</span>
          ) : (
            <span className={styles.unrated}>not rated</span>
          )}
        </button>
      ))}
    </div>
  );
}
