/**
 * Everything that can be done with a key or from the palette. Each part of the window defines its commands in a
 * table when it is loaded, so that the settings can show them all, and lends them handlers while it is shown.
 */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { useSession } from '../stores/session.ts';
import type { ScreenId } from '../stores/screen-ids.ts';

interface CommandEntry {
  /** What it does, as the palette and the shortcuts sheet say it. */
  readonly title: string;
  /** Its key unless the person chose another; null for none. */
  readonly key: string | null;
}

export interface Command extends CommandEntry {
  readonly id: string;
  /** Where it works: everywhere, or on one screen. */
  readonly scope: 'global' | ScreenId;
}

export type Handler = () => void;

const defined = new Map<string, Command>();

/** Handlers of what is on screen now; the one mounted last comes last. */
const useHandlers = create<{ readonly handlers: readonly (readonly [string, () => Handler | null])[] }>(
  () => ({ handlers: [] }),
);

/** Adds a table of commands, id to title and key; ids begin with the scope, as `rank.submit`. */
export function defineCommands<Id extends string>(
  scope: Command['scope'],
  table: Record<Id, CommandEntry>,
): void {
  for (const [id, entry] of Object.entries<CommandEntry>(table)) defined.set(id, { id, scope, ...entry });
}

export const allCommands = (): readonly Command[] => [...defined.values()];

/** Gives commands their handlers while the component is shown; with null a command cannot be used now. */
export function useCommands(table: Readonly<Record<string, Handler | null>>): void {
  const latest = useRef(table);
  latest.current = table;
  const ids = Object.keys(table).join(' ');
  useEffect(() => {
    const mine = ids.split(' ').map((id) => [id, () => latest.current[id] ?? null] as const);
    useHandlers.setState(({ handlers }) => ({ handlers: [...handlers, ...mine] }));
    return () =>
      useHandlers.setState(({ handlers }) => ({
        handlers: handlers.filter((other) => !mine.includes(other)),
      }));
  }, [ids]);
}

/** What a command would do now; null where nothing on screen has a use for it. */
export function handlerOf(id: string): Handler | null {
  const entry = useHandlers.getState().handlers.findLast(([other]) => other === id);
  return entry?.[1]() ?? null;
}

/** The key of a command as the person has it; an empty string in the settings stands for none. */
export function keyOf(
  id: string,
  bindings: Readonly<Record<string, string>> = currentBindings(),
): string | null {
  const chosen = bindings[id];
  return chosen === undefined ? (defined.get(id)?.key ?? null) : chosen || null;
}

const NO_BINDINGS: Readonly<Record<string, string>> = {};
const currentBindings = () => useSession.getState().settings?.keyBindings ?? NO_BINDINGS;

/** The key of a command, kept up to date, to show it beside a button. */
export const useKeyOf = (id: string): string | null =>
  useSession((state) => keyOf(id, state.settings?.keyBindings ?? NO_BINDINGS));
