import type { Range } from '../../components/row-selection.ts';

/** The most rows that one call gives. */
const MOST = 500;

/** The ids of the rows at these places, read page after page: most of them were never loaded. */
export async function idsAt(
  ranges: readonly Range[],
  load: (offset: number, limit: number) => Promise<readonly { readonly id: number }[]>,
): Promise<number[]> {
  const ids: number[] = [];
  for (const { offset, limit } of ranges.flatMap(pagesOf)) {
    for (const { id } of await load(offset, limit)) ids.push(id);
  }
  return ids;
}

function pagesOf({ from, to }: Range): { offset: number; limit: number }[] {
  const pages = Math.ceil((to - from + 1) / MOST);
  return Array.from({ length: pages }, (_, page) => {
    const offset = from + page * MOST;
    return { offset, limit: Math.min(MOST, to - offset + 1) };
  });
}
