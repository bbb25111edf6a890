import { metadataLabels, type MetadataLabel } from '../../../core/contract/entities.ts';
import { defineCommands, type Handler } from '../../shortcuts/commands.ts';

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const likert = digits.slice(0, 7);

const table = (numbers: readonly number[], id: string, title: (number: number) => string) =>
  Object.fromEntries(
    numbers.map((number) => [`${id}${number}`, { title: title(number), key: `Digit${number}` }]),
  );

/** Always the same key for the same label, whichever of them are shown. */
const labelKeys: Readonly<Record<MetadataLabel, string>> = {
  failsInstruction: 'KeyQ',
  inappropriate: 'KeyW',
  hallucination: 'KeyE',
  satisfiesConstraint: 'KeyY',
  sexualContent: 'KeyU',
  violentContent: 'KeyI',
  encouragesHarm: 'KeyO',
  denigrates: 'KeyA',
  harmfulAdvice: 'KeyH',
  expressesOpinion: 'KeyJ',
  expressesMoralJudgment: 'KeyK',
};

const labelTable = Object.fromEntries(
  Object.entries(labelKeys).map(([name, key]) => [
    `rank.label.${name}`,
    { title: `Yes or no: ${metadataLabels[name as MetadataLabel]}`, key },
  ]),
);

defineCommands('rank', {
  'rank.submit': { title: 'Go on to ranking; submit the ranking', key: 'Mod+Enter' },
  'rank.go': { title: 'Go on: the next completion, or submit when all are ranked', key: 'Enter' },
  ...table(digits, 'rank.slot', (number) => `Put the completion on rank ${number}`),
  ...table(likert, 'rank.rate', (number) => `Rate the completion ${number} of 7`),
  ...labelTable,
  'rank.better': { title: 'Move the completion a rank up', key: 'Alt+ArrowUp' },
  'rank.worse': { title: 'Move the completion a rank down', key: 'Alt+ArrowDown' },
  'rank.unrank': { title: 'Take the rank of the completion back', key: 'Backspace' },
  'rank.clear': { title: 'Take all ranks back', key: 'Shift+Backspace' },
  'rank.nextCard': { title: 'Next completion', key: 'ArrowRight' },
  'rank.previousCard': { title: 'Previous completion', key: 'ArrowLeft' },
  'rank.left': { title: 'In a pair: the left one is better', key: 'ArrowLeft' },
  'rank.right': { title: 'In a pair: the right one is better', key: 'ArrowRight' },
  'rank.tie': { title: 'In a pair: they tie', key: 'KeyT' },
  'rank.bothBad': { title: 'In a pair: both are bad', key: 'KeyB' },
  'rank.pairwise': { title: 'Compare two at a time, or rank all', key: 'KeyM' },
  'rank.stage': { title: 'Change between rating and ranking', key: 'KeyR' },
  'rank.differences': { title: 'Show differences from the focused completion', key: 'KeyD' },
  'rank.undo': { title: 'Undo, past the last submit too', key: 'KeyZ' },
  'rank.undoMod': { title: 'Undo, past the last submit too', key: 'Mod+KeyZ' },
  'rank.redo': { title: 'Redo', key: 'Mod+Shift+KeyZ' },
  'rank.next': { title: 'Next item', key: 'KeyN' },
  'rank.previous': { title: 'Previous item', key: 'KeyP' },
  'rank.skip': { title: 'Skip the item', key: 'KeyS' },
  'rank.flag': { title: 'Flag the item', key: 'KeyF' },
  'rank.reveal': { title: 'Show origins after each submit', key: null },
  'rank.sample': { title: 'Sample completions…', key: null },
  'rank.order': { title: 'Order of the queue…', key: null },
  'rank.forTraining': { title: 'Leave the evaluation: rank for training', key: 'KeyX' },
});

/** Handlers for the keys of one row of digits; null for those beyond what there is. */
export const digitHandlers = (
  id: 'rank.slot' | 'rank.rate',
  most: number,
  act: (number: number) => void,
): Record<string, Handler | null> =>
  Object.fromEntries(
    (id === 'rank.slot' ? digits : likert).map((number) => [
      `${id}${number}`,
      number <= most ? () => act(number) : null,
    ]),
  );
