import { beforeAll, expect, it } from 'vitest';
import { allCommands, defineCommands, keyOf } from '../../../renderer/shortcuts/commands.ts';
import { conflictOf } from '../../../renderer/shortcuts/conflicts.ts';

beforeAll(() => {
  defineCommands('global', { 'app.find': { title: 'Find', key: 'Mod+KeyK' } });
  defineCommands('rank', { 'rank.skip': { title: 'Skip', key: 'KeyS' } });
  defineCommands('prompts', { 'prompts.split': { title: 'Split', key: 'KeyS' } });
});

const command = (id: string) => allCommands().find((command) => command.id === id)!;
const conflict = (id: string, bindings: Record<string, string> = {}) => conflictOf(command(id), bindings)?.id;

it('lets two screens use one key', () => {
  expect(conflict('rank.skip')).toBeUndefined();
});

it('finds a screen that takes a key from everywhere, from both sides', () => {
  const bindings = { 'rank.skip': 'Ctrl+KeyK' };
  expect(conflict('rank.skip', bindings)).toBe('app.find');
  expect(conflict('app.find', bindings)).toBe('rank.skip');
});

it('finds none for a command that lost its key', () => {
  expect(keyOf('app.find', { 'app.find': '' })).toBeNull();
  expect(conflict('rank.skip', { 'app.find': '', 'rank.skip': 'Mod+KeyK' })).toBeUndefined();
});
