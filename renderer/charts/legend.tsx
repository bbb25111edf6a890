import { useImperativeHandle, useRef, type Ref } from 'react';
import { Button } from 'react-aria-components';
import styles from './chart.module.css';
import type { Line } from './line.ts';
import type { Readout } from './line-plot.ts';
import { readable, xWords } from './numbers.ts';
import { colourToken, dashOf } from './palette.ts';
import type { XAxis } from './source.ts';
import { writeWords } from './words.ts';

export interface LegendHandle {
  /** Writes what the lines say; past React, as it is as often as the pointer moves. */
  readonly write: (readout: Readout, lines: readonly Line[], axis: XAxis) => void;
}

interface LegendProps {
  readonly ref: Ref<LegendHandle>;
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

/** The lines by colour and dash, with what they say at the cursor, or last; a press hides one. */
export function Legend({ ref, lines, hidden, onToggle }: LegendProps) {
  const place = useRef<HTMLSpanElement>(null);
  const values = useRef(new Map<string, HTMLElement>());
  useImperativeHandle(ref, () => ({
    write: (readout, shown, axis) => {
      const { words, texts } = wordsOf(readout, axis);
      if (place.current) writeWords(place.current, words);
      for (const [id, element] of values.current)
        writeWords(element, texts[shown.findIndex((line) => line.id === id)] ?? '');
    },
  }));
  return (
    <div className={styles.legend}>
      <ul className={styles.entries}>
        {lines.map((line) => (
          <li key={line.id}>
            <Button
              className={styles.entry!}
              aria-pressed={!hidden.has(line.id)}
              onPress={() => onToggle(line.id)}
            >
              <Swatch colour={line.colour} dash={line.dash} />
              <span className={styles.name}>{line.label}</span>
              <b
                ref={(element) =>
                  void (element ? values.current.set(line.id, element) : values.current.delete(line.id))
                }
              />
            </Button>
          </li>
        ))}
      </ul>
      <span className={styles.place} ref={place} />
    </div>
  );
}

/** Where the readings are from, and each as text. */
function wordsOf({ cursor, readings }: Readout, axis: XAxis): { words: string; texts: string[] } {
  const [last] = readings.flatMap((reading) => reading ?? []);
  const at = cursor ?? last?.x;
  return {
    words: at === undefined ? '' : xWords[axis](at),
    texts: readings.map((reading) => (reading ? readable(reading.shown) : '–')),
  };
}

export function Swatch({ colour, dash }: { readonly colour: number; readonly dash: number }) {
  return (
    <svg width={16} height={8} aria-hidden>
      <line
        x1={0}
        x2={16}
        y1={4}
        y2={4}
        strokeWidth={2}
        strokeDasharray={dashOf(dash).join(' ')}
        style={{ stroke: colourToken(colour) }}
      />
    </svg>
  );
}
