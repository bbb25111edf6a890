import { describe, expect, it } from 'vitest';
import { excerptOf, kindsOf, promptsWith } from '../../../renderer/views/prompts/hygiene/findings.ts';

const finding = (promptId: number, kind: 'e-mail' | 'phone') => ({
  promptId,
  kind,
  start: 0,
  end: 1,
  text: 'x',
});

describe('findings', () => {
  it('are shown with the words around them, cut on both sides', () => {
    const text = `${'a '.repeat(100)}ada@example.org\n\n${'b '.repeat(100)}`;
    const { before, match, after } = excerptOf(text, { start: 200, end: 215 });
    expect(match).toBe('ada@example.org');
    expect(before).toMatch(/^…(a )+$/);
    expect(after).toMatch(/^ b( b)+…$/);
  });

  it('are not cut where the text ends', () => {
    expect(excerptOf('Mail ada@example.org', { start: 5, end: 20 })).toEqual({
      before: 'Mail ',
      match: 'ada@example.org',
      after: '',
    });
  });

  it('are counted by kind, the most frequent first', () => {
    expect(kindsOf([finding(1, 'phone'), finding(1, 'e-mail'), finding(2, 'e-mail')])).toEqual([
      { kind: 'e-mail', count: 2 },
      { kind: 'phone', count: 1 },
    ]);
  });

  it('name each prompt once', () => {
    expect(promptsWith([finding(7, 'phone'), finding(7, 'e-mail'), finding(2, 'e-mail')])).toEqual([7, 2]);
  });
});
