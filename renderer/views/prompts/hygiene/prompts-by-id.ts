import type { Prompt } from '../../../../core/contract/entities.ts';
import { call } from '../../../stores/connection.ts';

/** Prompts of these ids, at most 500, in the order of the ids; those that are gone are left out. */
export async function promptsById(ids: readonly number[]): Promise<Prompt[]> {
  if (ids.length === 0) return [];
  const { rows } = await call('prompts.page', { filter: { ids: [...ids] }, offset: 0, limit: 500 });
  const byId = new Map(rows.map((prompt) => [prompt.id, prompt]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
