import { expect, test } from 'vitest';
import { promptParts } from '../../../renderer/views/labeling/prompt-parts.ts';

const text = 'Instruction: Add.\nAnswer: 2\n\nInstruction: Note: keep it short.\nAnswer:';

test('examples of a few-shot prompt are told apart, with what their lines begin with', () => {
  expect(promptParts(text, 'few-shot')).toEqual([
    [
      { lead: 'Instruction:', text: ' Add.' },
      { lead: 'Answer:', text: ' 2' },
    ],
    [
      { lead: 'Instruction:', text: ' Note: keep it short.' },
      { lead: 'Answer:', text: '' },
    ],
  ]);
});

test('any other prompt is shown as it is written', () => {
  expect(promptParts(text, 'plain')).toEqual([[{ lead: '', text }]]);
});
