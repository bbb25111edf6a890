/** Numbers of runs, as they are read. */
import type { AlgorithmName } from '../../../core/contract/algorithms.ts';

export interface Figure {
  readonly label: string;
  readonly value: number;
}

type Metrics = Readonly<Record<string, number>>;

/** What tells at a glance how a run goes, by what is measured of it: the first of each list that there is. */
const FIGURES: Readonly<
  Record<AlgorithmName, readonly (readonly (readonly [metric: string, label: string])[])[]>
> = {
  pretrain: [
    [
      ['eval_loss', 'Eval loss'],
      ['loss', 'Loss'],
    ],
  ],
  sft: [
    [
      ['eval_loss', 'Eval loss'],
      ['loss', 'Loss'],
    ],
  ],
  'reward-model': [
    [
      ['eval_accuracy', 'Accuracy'],
      ['accuracy', 'Accuracy in training'],
    ],
  ],
  ppo: [[['objective/scores', 'Score']], [['objective/kl', 'KL']]],
};

/** The numbers that matter most of a run. */
export const figuresOf = (algorithm: AlgorithmName, last: Metrics): Figure[] =>
  FIGURES[algorithm].flatMap((choices) => {
    const found = choices.find(([metric]) => Number.isFinite(last[metric]));
    return found ? [{ label: found[1], value: last[found[0]]! }] : [];
  });

/** With three significant digits, as short as it can be. */
export const showFigure = (value: number): string => withMinus(value, threeDigits);

/** With two digits after the point at most, for where many numbers stand close together. */
export const showBriefly = (value: number): string =>
  withMinus(value, (value) => String(Number(value.toFixed(2))));

/** A dash where nothing is known, and a true minus. */
function withMinus(value: number, words: (value: number) => string): string {
  if (Number.isNaN(value)) return '–';
  const shown = Number.isFinite(value) ? words(value) : value > 0 ? '∞' : '-∞';
  return shown === '-0' ? '0' : shown.replaceAll('-', '−');
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e6))
    return value
      .toExponential(2)
      .replace('e+', 'e')
      .replace(/\.?0+e/, 'e');
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytesWords(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : Number(value.toPrecision(3))} ${BYTE_UNITS[power]}`;
}

const TIME_UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** A length of time by its largest unit: `3 minutes`. */
export function durationWords(milliseconds: number): string {
  const [unit, length] = TIME_UNITS.find(([, length]) => milliseconds >= length) ?? ['second', 1000];
  const count = Math.max(1, Math.round(milliseconds / length));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
