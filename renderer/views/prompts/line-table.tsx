import { useState } from 'react';
import { VirtualTable, type VirtualTableProps } from '../../components/virtual-table.tsx';

interface LineTableProps<Line, Row> extends Pick<
  VirtualTableProps<Row>,
  'label' | 'columns' | 'selection' | 'onSelect'
> {
  readonly lines: readonly Line[];
  /** Reads what is shown of the lines in sight. */
  readonly rowsOf: (lines: readonly Line[]) => Promise<readonly Row[]>;
}

/** A table of what the window knows already. */
export function LineTable<Line, Row>({ lines, rowsOf, ...table }: LineTableProps<Line, Row>) {
  const [current, setCurrent] = useState(0);
  return (
    <VirtualTable
      {...table}
      total={lines.length}
      load={(offset, limit) => rowsOf(lines.slice(offset, offset + limit))}
      version={lines}
      current={current}
      onCurrent={setCurrent}
    />
  );
}

/** Of lines that are shown as they are. */
export const asTheyAre = <Line,>(lines: readonly Line[]): Promise<readonly Line[]> => Promise.resolve(lines);
