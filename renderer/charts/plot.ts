import './valid-language.ts';
import UPlot from 'uplot';
import type uPlot from 'uplot';
import { drawNever, drawSoon, type Drawable } from './frames.ts';
import { onPalette } from './palette.ts';

/**
 * A uPlot in an element: made when it first comes into sight, as large as the element, in the colours of the theme,
 * and drawn at most once a frame and only where it can be seen.
 */
export abstract class Plot implements Drawable {
  readonly host: HTMLElement;
  protected uplot: uPlot | null = null;
  #inSight = false;
  /** Of the element, as it was told: to ask for it would lay out the page for every chart that draws. */
  #size = { width: 0, height: 0 };
  /** What is to be drawn: nothing, what lies over the curves, or everything. */
  #due: 'nothing' | 'overlay' | 'everything' = 'everything';
  readonly #ends: (() => void)[];

  constructor(host: HTMLElement) {
    this.host = host;
    const resizing = new ResizeObserver(() => this.#resize());
    const seeing = new IntersectionObserver((entries) => this.#see(entries.at(-1)!.isIntersecting));
    resizing.observe(host);
    seeing.observe(host);
    const onVisible = () => this.#ask(false);
    document.addEventListener('visibilitychange', onVisible);
    this.#ends = [
      () => resizing.disconnect(),
      () => seeing.disconnect(),
      () => document.removeEventListener('visibilitychange', onVisible),
      onPalette(() => this.rebuild()),
    ];
  }

  protected abstract options(size: { width: number; height: number }): uPlot.Options;
  /** Gives the plot its data and scales. */
  protected abstract paint(uplot: uPlot): void;
  /** Places what lies over the curves. */
  protected abstract paintOverlay(uplot: uPlot): void;

  /** Draws everything again, soon; before all others where it is what somebody moves. */
  refresh(urgent = false): void {
    this.#due = 'everything';
    this.#ask(urgent);
  }

  /** Places again what lies over the curves. */
  refreshOverlay(urgent = false): void {
    if (this.#due === 'nothing') this.#due = 'overlay';
    this.#ask(urgent);
  }

  /** Makes it anew, as for other series or colours. */
  rebuild(): void {
    this.uplot?.destroy();
    this.uplot = null;
    this.refresh();
  }

  get isDrawn(): boolean {
    return this.uplot !== null;
  }

  draw(): void {
    if (!this.#isSeen || this.#isEmpty) return;
    const due = this.#due;
    this.#due = 'nothing';
    this.uplot ??= create(this.options(this.#size), this.host);
    if (due === 'everything') this.paint(this.uplot);
    this.paintOverlay(this.uplot);
  }

  destroy(): void {
    drawNever(this);
    this.#ends.forEach((end) => end());
    this.uplot?.destroy();
    this.uplot = null;
  }

  get #isSeen(): boolean {
    return this.#inSight && !document.hidden;
  }

  get #isEmpty(): boolean {
    return this.#size.width === 0 || this.#size.height === 0;
  }

  #see(inSight: boolean): void {
    this.#inSight = inSight;
    this.#ask(false);
  }

  #ask(urgent: boolean): void {
    if (this.#due !== 'nothing' && this.#isSeen) drawSoon(this, urgent);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    this.#size = { width, height };
    if (this.#isEmpty) return;
    if (this.uplot && (width !== this.uplot.width || height !== this.uplot.height))
      this.uplot.setSize(this.#size);
    this.refresh();
  }
}

/** Every series begins without points. */
function create(options: uPlot.Options, host: HTMLElement): uPlot {
  const data = options.series.map((_, i) => (i === 0 ? null : [[], []]));
  return new UPlot(options, data as unknown as uPlot.AlignedData, host);
}
