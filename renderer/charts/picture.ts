/** A chart as a picture that stands on its own: title, unit, plot with axes, and legend, in the theme's colours. */
import { colourOf, dashOf, palette } from './palette.ts';

interface Pictured {
  readonly title: string;
  readonly unit: string;
  readonly xTitle: string;
  readonly canvas: HTMLCanvasElement;
  readonly legend: readonly { readonly label: string; readonly colour: number; readonly dash: number }[];
}

const MARGIN = 16;
const ROW = 18;
const SWATCH = 18;
const GAP = 16;

export function pictureOf({ title, unit, xTitle, canvas, legend }: Pictured): Promise<Blob> {
  const ratio = devicePixelRatio;
  const width = canvas.width / ratio + 2 * MARGIN;
  const plotTop = MARGIN + 2 * ROW + 4;
  const plotEnd = plotTop + canvas.height / ratio;
  const picture = document.createElement('canvas');
  const ctx = picture.getContext('2d')!;
  const font = (weight: number, size: number) => `${weight} ${size}px ${palette().font}`;
  ctx.font = font(400, 12);
  const entries = laidOut(legend, (label) => ctx.measureText(label).width, width - 2 * MARGIN);
  picture.width = width * ratio;
  picture.height = (plotEnd + ROW * (2 + (entries.at(-1)?.row ?? 0)) + MARGIN) * ratio;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = palette().surface;
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.textBaseline = 'middle';
  const write = (words: string, style: string, colour: string, left: number, top: number) => {
    ctx.font = style;
    ctx.fillStyle = colour;
    ctx.fillText(words, left, top);
  };
  write(title, font(600, 14), palette().text, MARGIN, MARGIN + ROW / 2);
  write(unit, font(400, 12), palette().muted, MARGIN, MARGIN + 1.5 * ROW);
  ctx.drawImage(canvas, MARGIN, plotTop, canvas.width / ratio, canvas.height / ratio);
  ctx.textAlign = 'right';
  write(xTitle, font(400, 11), palette().muted, width - MARGIN - 10, plotEnd + ROW / 2);
  ctx.textAlign = 'left';
  for (const { label, colour, dash, left, row } of entries) {
    const top = plotEnd + ROW * (row + 1.5);
    ctx.strokeStyle = colourOf(colour);
    ctx.lineWidth = 2;
    ctx.setLineDash([...dashOf(dash)]);
    ctx.beginPath();
    ctx.moveTo(MARGIN + left, top);
    ctx.lineTo(MARGIN + left + SWATCH, top);
    ctx.stroke();
    write(label, font(400, 12), palette().text, MARGIN + left + SWATCH + 6, top);
  }
  return new Promise((resolve, reject) =>
    picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.')))),
  );
}

/** Entries side by side, in as many rows as they need. */
function laidOut<Entry extends { readonly label: string }>(
  legend: readonly Entry[],
  widthOf: (label: string) => number,
  width: number,
): (Entry & { readonly left: number; readonly row: number })[] {
  let [left, row] = [0, 0];
  return legend.map((entry) => {
    const own = SWATCH + 6 + widthOf(entry.label);
    if (left > 0 && left + own > width) [left, row] = [0, row + 1];
    const placed = { ...entry, left, row };
    left += own + GAP;
    return placed;
  });
}
