import { describe, expect, test } from 'vitest';
import { messagesOf, promptOf } from '../../../core/data/conversation.ts';

describe('conversations', () => {
  test('one message of a user is its own text', () => {
    expect(promptOf([{ role: 'user', text: 'Hi' }])).toBe('Hi');
    expect(messagesOf('Hi')).toEqual([{ role: 'user', text: 'Hi' }]);
  });

  test('more than one names its speakers and ends where the assistant goes on', () => {
    const messages = [
      { role: 'system', text: 'S' },
      { role: 'user', text: 'a\n\nb' },
      { role: 'assistant', text: 'c' },
      { role: 'tool', text: '' },
    ];
    const prompt = 'System: S\n\nUser: a\n\nb\n\nAssistant: c\n\nTool: \n\nAssistant:';
    expect(promptOf(messages)).toBe(prompt);
    expect(messagesOf(prompt)).toEqual(messages);
  });

  test.each([
    'User: x\n\nAssistant:',
    'User: x\n\nAssistant: y',
    'x\n\nUser: y\n\nAssistant:',
    '\n\nAssistant:',
    'System: s\n\nAssistant:',
    'User: a\n\nUser: b\n\nAssistant:',
    'User: \n\nAssistant: \n\nAssistant:',
    'System: \n\nUser: a\n\nAssistant:',
  ])('%j comes back from its messages as it was', (prompt) => {
    expect(promptOf(messagesOf(prompt))).toBe(prompt);
  });
});
