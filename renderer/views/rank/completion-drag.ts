/** Completions on their way between cards and slots. */
import type { DragOptions } from 'react-aria-components';

const TYPE = 'application/x-workbench-completion';

export const dragOptions = (id: number): DragOptions => ({
  getItems: () => [{ [TYPE]: String(id) }],
  getAllowedDropOperations: () => ['move'],
  hasDragButton: true,
});

interface Types {
  has(type: string): boolean;
}

export const dropOperation = (types: Types): 'move' | 'cancel' => (types.has(TYPE) ? 'move' : 'cancel');

interface Dropped {
  readonly items: readonly { readonly kind: string; getText?: (type: string) => Promise<string> }[];
}

/** The completion that was dropped. */
export async function droppedCompletion({ items }: Dropped): Promise<number | null> {
  const text = await items.find(({ kind }) => kind === 'text')?.getText?.(TYPE);
  return text === undefined ? null : Number(text);
}
