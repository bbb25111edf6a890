import { useEffect, useState } from 'react';
import { nothingSelected } from '../../components/row-selection.ts';
import { onEvent, useConnection } from '../../stores/connection.ts';
import { select, usePrompts } from './prompts-store.ts';

/** Another value whenever rows have to be read again: another filter or order, other prompts, another connection. */
export function useVersion(): string {
  const filter = usePrompts((state) => state.filter);
  const sort = usePrompts((state) => state.sort);
  const connection = useConnection((state) => state.connection);
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    // What is selected are places among the rows as they were.
    const renew = () => {
      select(nothingSelected);
      setChanges((times) => times + 1);
    };
    renew();
    return onEvent('changed', ({ parts }) => parts.includes('prompts') && renew());
  }, [connection]);
  return JSON.stringify([filter, sort, changes]);
}
