import { allCommands, keyOf, type Command } from './commands.ts';
import { sameCombo } from './keys.ts';

/** A command that the same key would mean at the same place; undefined where there is none. */
export function conflictOf(
  command: Command,
  bindings: Readonly<Record<string, string>>,
): Command | undefined {
  const key = keyOf(command.id, bindings);
  if (key === null) return undefined;
  return allCommands().find((other) => {
    const otherKey = keyOf(other.id, bindings);
    return other.id !== command.id && meet(command, other) && otherKey !== null && sameCombo(key, otherKey);
  });
}

const meet = (a: Command, b: Command): boolean =>
  a.scope === b.scope || a.scope === 'global' || b.scope === 'global';
