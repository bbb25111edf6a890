/** What a pointer does on a chart: points, drags a range to look at, pans with Shift, zooms with the wheel, picks. */
import styles from './chart.module.css';
import type { Range } from './decimate.ts';
import type { LinePlot } from './line-plot.ts';
import { moved, within, zoomed } from './looking.ts';

/** Pixels that a press may move and still be a click. */
const CLICK = 4;
/** A second click within this time makes it a double click, which picks nothing. */
const DOUBLE_CLICK_MS = 260;
const WHEEL = 0.0016;

interface Drag {
  readonly from: number;
  readonly range: Range;
  readonly isPan: boolean;
  isClick: boolean;
}

export type OnPick = (lineId: string, step: number) => void;

/** Hears the pointer over a plot; returns what ends it. */
export function followPointer(plot: LinePlot, pick: OnPick): () => void {
  const { host, group } = plot;
  const selection = document.createElement('div');
  selection.className = styles.selection!;
  let drag: Drag | null = null;
  let picking: ReturnType<typeof setTimeout> | undefined;

  const shareAt = ({ clientX }: MouseEvent, { left, width }: DOMRect) =>
    Math.min(1, Math.max(0, (clientX - left) / width));
  const valueAt = (share: number, { min, max } = plot.range) => min + share * (max - min);
  const isOver = ({ clientX: x, clientY: y }: MouseEvent, { left, right, top, bottom }: DOMRect) =>
    x >= left && x <= right && y >= top && y <= bottom;

  const onDown = (event: PointerEvent) => {
    const { bounds } = plot;
    if (event.button !== 0 || !bounds || !isOver(event, bounds)) return;
    host.setPointerCapture(event.pointerId);
    drag = { from: shareAt(event, bounds), range: plot.range, isPan: event.shiftKey, isClick: true };
  };

  const onMove = (event: PointerEvent) => {
    const { bounds } = plot;
    if (!bounds) return;
    const share = shareAt(event, bounds);
    if (drag) onDrag(share, bounds);
    group.point(drag || isOver(event, bounds) ? valueAt(share) : null);
  };

  const onDrag = (share: number, { width }: DOMRect) => {
    const { from, range, isPan } = drag!;
    drag!.isClick &&= Math.abs(share - from) * width < CLICK;
    if (drag!.isClick) return;
    if (isPan) return group.zoom(moved(range, plot.extent, from - share));
    if (!selection.isConnected) plot.over?.append(selection);
    selection.style.left = `${100 * Math.min(from, share)}%`;
    selection.style.width = `${100 * Math.abs(share - from)}%`;
  };

  const onUp = (event: PointerEvent) => {
    const { bounds } = plot;
    const ended = drag;
    drag = null;
    selection.remove();
    if (!ended || !bounds) return;
    if (ended.isClick) return pickSoon(event, bounds);
    if (ended.isPan) return;
    const [a, b] = [ended.from, shareAt(event, bounds)].toSorted((a, b) => a - b) as [number, number];
    group.zoom(within({ min: valueAt(a), max: valueAt(b) }, plot.extent));
  };

  const pickSoon = (event: PointerEvent, bounds: DOMRect) => {
    const nearest = plot.nearestLine(valueAt(shareAt(event, bounds)), event.clientY - bounds.top);
    clearTimeout(picking);
    if (nearest) picking = setTimeout(() => pick(nearest.line.id, nearest.reading.step), DOUBLE_CLICK_MS);
  };

  const onDouble = () => {
    clearTimeout(picking);
    group.zoom(null);
  };

  /** A wheel alone scrolls the page; on a chart that has the focus, with Ctrl or Cmd, or pinching, it zooms. */
  const onWheel = (event: WheelEvent) => {
    const { bounds } = plot;
    const isMeant = event.ctrlKey || event.metaKey || host.contains(document.activeElement);
    if (!bounds || !isOver(event, bounds) || !isMeant) return;
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey)
      return group.zoom(moved(plot.range, plot.extent, sideways / bounds.width));
    const at = valueAt(shareAt(event, bounds));
    group.zoom(zoomed(plot.range, plot.extent, at, Math.exp(event.deltaY * WHEEL)));
  };

  const onLeave = () => {
    if (!drag) group.point(null);
  };
  const onCancel = () => {
    drag = null;
    selection.remove();
  };

  const listeners: { [Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void } = {
    pointerdown: onDown,
    pointermove: onMove,
    pointerup: onUp,
    pointercancel: onCancel,
    pointerleave: onLeave,
    dblclick: onDouble,
    wheel: onWheel,
  };
  const each = Object.entries(listeners) as [string, EventListener][];
  for (const [type, listener] of each) host.addEventListener(type, listener, { passive: type !== 'wheel' });
  return () => {
    clearTimeout(picking);
    for (const [type, listener] of each) host.removeEventListener(type, listener);
  };
}
