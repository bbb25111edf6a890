import { describe, expect, test } from 'vitest';
import {
  isChanged,
  startFrom,
  startWriting,
  submitProblem,
  tokensLeft,
  write,
} from '../../../renderer/views/demonstrate/demonstration.ts';

describe('what is written', () => {
  test('goes on with the draft, else with what was submitted, else with nothing', () => {
    expect(startWriting({ draft: 'half', submitted: 'whole' }).text).toBe('half');
    expect(startWriting({ draft: null, submitted: 'whole' }).text).toBe('whole');
    expect(startWriting({ draft: null, submitted: null }).text).toBe('');
  });

  test('an emptied draft stays empty', () => {
    expect(startWriting({ draft: '', submitted: 'whole' }).text).toBe('');
  });

  test('never changes what was submitted', () => {
    const writing = write(startWriting({ draft: null, submitted: 'whole' }), 'other');
    expect(writing.submitted).toBe('whole');
    expect(isChanged(writing)).toBe(true);
    expect(isChanged(write(writing, 'whole'))).toBe(false);
  });

  test('remembers the model it began from until it is emptied', () => {
    const begun = startFrom(startWriting({ draft: null, submitted: null }), 'models/sft', 'An answer');
    expect(write(begun, 'A better answer').startedFrom).toBe('models/sft');
    expect(write(write(begun, ''), 'My own').startedFrom).toBeNull();
  });
});

test('neither white space nor the same answer again can be submitted', () => {
  const writing = startWriting({ draft: null, submitted: 'whole' });
  expect(submitProblem(write(writing, ' \n'))).toBe('Write an answer first.');
  expect(submitProblem(writing)).toBe('This is what you submitted already.');
  expect(submitProblem(write(writing, 'other'))).toBeNull();
});

test('tokens beyond the context are negative', () => {
  expect(tokensLeft({ prompt: 40, text: 30, context: 64 })).toBe(-6);
});
