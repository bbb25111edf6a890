/** Labels made through a connection, many a second, each remembered once its call has returned. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RankingItem } from '../../core/contract/calls.ts';
import type { Connection } from '../../core/contract/messages.ts';
import type { RandomStream } from '../../core/data/random.ts';
import { readDatabase } from '../support/project-database.ts';

const EFFORT = { activeMs: 5, idleMs: 0 };
/** Milliseconds between two labels: a queue must outlast a trainer that starts on a busy machine. */
const PAUSE = 5;

/** A label that the workbench has taken. */
export interface Label {
  readonly change: number;
  readonly table: 'rankings' | 'demonstrations';
  readonly labeler: number;
  readonly item: number;
  /** What was said: the ranks, or the text. */
  readonly content: unknown;
}

/** Labels until the connection is lost, and tells of what was taken. */
export async function labelUntilCut(
  window: Connection,
  labeler: number,
  random: RandomStream,
): Promise<Label[]> {
  const taken: Label[] = [];
  const lost = new Promise<void>((resolve) => window.onClose(() => resolve()));
  const label = async () => {
    for (;;) taken.push(await labelNext(window, labeler, random));
  };
  await label().catch((error: Error) => expect(error.name, error.message).toBe('Disconnected'));
  await lost;
  return taken;
}

export async function labelNext(window: Connection, labeler: number, random: RandomStream): Promise<Label> {
  await sleep(PAUSE);
  return random.uniform() < 0.8
    ? rankNext(window, labeler, random)
    : demonstrateNext(window, labeler, random);
}

async function rankNext(window: Connection, labeler: number, random: RandomStream): Promise<Label> {
  const { id: item, seed, candidates } = (await window.call('rank.item', { labeler })) as RankingItem;
  const shownOrder = candidates.map(({ id }) => id);
  const ranks = Object.fromEntries(shownOrder.map((id) => [id, 1 + random.integer(shownOrder.length)]));
  const answer = { ranks };
  const label = { labeler, item, answer, shownOrder, seed, effort: EFFORT };
  const { change } = await window.call('rank.submit', label);
  return { change, table: 'rankings', labeler, item, content: ranks };
}

async function demonstrateNext(window: Connection, labeler: number, random: RandomStream): Promise<Label> {
  const item = await window.call('demonstrate.item', { labeler });
  const prompt = item!.prompt.id;
  const text = `An answer of ${random.bits()} words.`;
  const { change } = await window.call('demonstrate.submit', { labeler, prompt, text, effort: EFFORT });
  return { change, table: 'demonstrations', labeler, item: prompt, content: text };
}

const columns = {
  rankings: { item: 'item', content: 'ranks' },
  demonstrations: { item: 'prompt', content: 'text' },
} as const;

interface Kept {
  readonly change: number;
  readonly content: string;
}

/** Each label is there, as it was said, and once: alone of its labeler on its item in the whole history. */
export function expectKept(project: string, labels: readonly Label[]): void {
  readDatabase(project, (database) => {
    for (const { change, table, labeler, item, content } of labels) {
      const column = columns[table];
      const sql = `SELECT created_change AS change, ${column.content} AS content
        FROM ${table} WHERE labeler = ? AND ${column.item} = ?`;
      const rows = database.prepare(sql).all(labeler, item) as Kept[];
      expect(rows.map(read)).toEqual([{ change, content }]);
    }
  });

  function read({ change, content }: Kept): { change: number; content: unknown } {
    return { change, content: content.startsWith('{') ? JSON.parse(content) : content };
  }
}
