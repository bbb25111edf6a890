import { SlidersHorizontal } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { NumberField } from '../../components/fields.tsx';
import { PopoverButton } from '../../components/popover.tsx';
import { Select } from '../../components/select.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import { modelItems, modelName, NO_MODEL, type Model } from '../sampling/models.ts';
import { SamplingFields, whole } from '../sampling/sampling-fields.tsx';
import styles from './composer.module.css';
import { changeSettings, usePlay, type PlaySettings } from './play-store.ts';

const SEEDS = [
  { id: 'new', label: 'New each time' },
  { id: 'fixed', label: 'Fixed' },
] as const;

/** How answers are sampled: all of it in sight as words, and changed behind them. */
export function SettingsButton({ reward }: { readonly reward: readonly Model[] }) {
  const settings = usePlay((state) => state.settings);
  return (
    <PopoverButton
      label="How answers are sampled"
      trigger={
        <Button variant="quiet" size="sm" icon={SlidersHorizontal}>
          <span className={styles.summary}>{summaryOf(settings, reward)}</span>
        </Button>
      }
    >
      <div className={styles.settings}>
        <SamplingFields value={settings} onChange={changeSettings} without="seed" />
        <NumberField
          label="Answers of each"
          value={settings.samples}
          minValue={1}
          maxValue={64}
          formatOptions={whole}
          onChange={(samples) => Number.isFinite(samples) && changeSettings({ samples })}
        />
        <SegmentedControl
          label="Seed"
          showLabel
          items={SEEDS}
          value={settings.newSeed ? 'new' : 'fixed'}
          onChange={(id) => changeSettings({ newSeed: id === 'new' })}
        />
        <NumberField
          label="Fixed seed"
          value={settings.seed}
          minValue={0}
          maxValue={2 ** 31 - 1}
          formatOptions={whole}
          isDisabled={settings.newSeed}
          onChange={(seed) => Number.isFinite(seed) && changeSettings({ seed })}
        />
        <RewardModel reward={reward} value={settings.rewardModel} />
      </div>
    </PopoverButton>
  );
}

function RewardModel({
  reward,
  value,
}: {
  readonly reward: readonly Model[];
  readonly value: string | null;
}) {
  return (
    <div className={styles.wide}>
      <Select
        label="Reward model"
        items={[{ id: NO_MODEL, label: 'None' }, ...modelItems(reward)]}
        value={value ?? NO_MODEL}
        onChange={(path) => changeSettings({ rewardModel: path === NO_MODEL ? null : path })}
      />
      <p>Scores every answer; of several, the best comes first.</p>
    </div>
  );
}

function summaryOf(settings: PlaySettings, reward: readonly Model[]): string {
  const { temperature, topP, maxTokens, newSeed, seed, samples, rewardModel } = settings;
  return [
    `temperature ${temperature}`,
    topP < 1 && `top-p ${topP}`,
    `${maxTokens} tokens`,
    newSeed ? 'new seeds' : `seed ${seed}`,
    samples > 1 && `best of ${samples}`,
    rewardModel && modelName(reward, rewardModel),
  ]
    .filter(Boolean)
    .join(' · ');
}
