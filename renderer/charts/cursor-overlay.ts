/** The cursor over the lines: a line down the plot, and a dot on each line. */
import type uPlot from 'uplot';
import styles from './chart.module.css';
import { colourToken } from './palette.ts';

export class CursorOverlay {
  readonly #line = element(styles.cursor!);
  #dots: readonly HTMLElement[] = [];

  /** Lies over a plot from now on. */
  show(over: HTMLElement, lines: readonly { readonly colour: number }[]): void {
    this.#dots = lines.map(({ colour }) => {
      const dot = element(styles.dot!);
      dot.style.background = colourToken(colour);
      return dot;
    });
    over.append(this.#line, ...this.#dots);
  }

  /** Null hides it. */
  placeLine(uplot: uPlot, x: number | null): void {
    this.#line.hidden = x === null;
    if (x !== null) moveTo(this.#line, uplot.valToPos(x, 'x'), 0);
  }

  /** A dot for each line; where it has none, that of the line is hidden. */
  placeDots(uplot: uPlot, points: readonly ({ readonly x: number; readonly y: number } | null)[]): void {
    this.#dots.forEach((dot, i) => {
      const point = points[i];
      dot.hidden = !point;
      if (point) moveTo(dot, uplot.valToPos(point.x, 'x'), uplot.valToPos(point.y, 'y'));
    });
  }
}

function element(className: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  element.hidden = true;
  return element;
}

function moveTo(element: HTMLElement, left: number, top: number): void {
  element.style.transform = `translate(${left}px, ${top}px)`;
}
