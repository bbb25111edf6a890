import { SlidersHorizontal } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { NumberField, TextArea } from '../../components/fields.tsx';
import { PopoverButton } from '../../components/popover.tsx';
import { Select } from '../../components/select.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import { modelItems, modelName, NO_MODEL, type Model } from '../sampling/models.ts';
import { SamplingFields, whole } from '../sampling/sampling-fields.tsx';
import styles from './composer.module.css';
import { changeSettings, usePlay, type PlaySettings, type Reading } from './play-store.ts';

const SEEDS = [
  { id: 'new', label: 'New each time' },
  { id: 'fixed', label: 'Fixed' },
] as const;

const TEMPLATES = [
  { id: 'auto', label: "The model's own" },
  { id: 'none', label: 'None' },
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
        <Suggested />
        <SamplingFields value={settings} onChange={changeSettings} without="seed" />
        <NumberField
          label="Top-k (0: all)"
          value={settings.topK}
          minValue={0}
          maxValue={1_000_000}
          formatOptions={whole}
          onChange={(topK) => Number.isFinite(topK) && changeSettings({ topK })}
        />
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
        <Conversing />
      </div>
    </PopoverButton>
  );
}

/** Readings of the columns' models, the first column's first. */
function useReadings(): Reading[] {
  const { columns, readings } = usePlay();
  return columns.flatMap(({ model }) => readings[model] ?? []);
}

/** Takes over what the makers of a model would have it sampled with. */
function Suggested() {
  const suggested = useReadings()
    .map((reading) => reading.suggested)
    .find((values) => Object.values(values).some((value) => value !== null));
  if (!suggested) return null;
  const { temperature, topP, topK } = suggested;
  const change = {
    ...(temperature !== null && { temperature }),
    ...(topP !== null && { topP }),
    ...(topK !== null && { topK }),
  };
  return (
    <div className={styles.wide}>
      <Button size="sm" onPress={() => changeSettings(change)}>
        Sample as suggested: {wordsOf(suggested)}
      </Button>
    </div>
  );
}

const wordsOf = ({ temperature, topP, topK }: Reading['suggested']): string =>
  [
    temperature !== null && `temperature ${temperature}`,
    topP !== null && `top-p ${topP}`,
    topK !== null && `top-k ${topK}`,
  ]
    .filter(Boolean)
    .join(' · ');

/** What only models that were taught to converse have. */
function Conversing() {
  const { chatTemplate, system } = usePlay((state) => state.settings);
  const readings = useReadings();
  if (!readings.some(({ hasTemplate }) => hasTemplate)) return null;
  return (
    <>
      <div className={styles.wide}>
        <SegmentedControl
          label="Chat template"
          showLabel
          items={TEMPLATES}
          value={chatTemplate}
          onChange={(id) => changeSettings({ chatTemplate: id })}
        />
      </div>
      {chatTemplate === 'auto' && readings.some(({ takesSystem }) => takesSystem) && (
        <div className={styles.wide}>
          <TextArea
            label="System prompt"
            description="Told to the models whose templates take it, before the conversation."
            rows={2}
            value={system}
            onChange={(value) => changeSettings({ system: value })}
          />
        </div>
      )}
    </>
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
  const { temperature, topP, topK, maxTokens, newSeed, seed, samples, rewardModel } = settings;
  return [
    `temperature ${temperature}`,
    topP < 1 && `top-p ${topP}`,
    topK > 0 && `top-k ${topK}`,
    `${maxTokens} tokens`,
    newSeed ? 'new seeds' : `seed ${seed}`,
    samples > 1 && `best of ${samples}`,
    rewardModel && modelName(reward, rewardModel),
  ]
    .filter(Boolean)
    .join(' · ');
}
