import type { Estimate } from '../../contract/entities.ts';
import { html, type Content, type Html } from './html.ts';

/** A table with a heading for every column; nothing where there are no rows. */
export function table(headings: readonly string[], rows: readonly (readonly Content[])[]): Html {
  if (rows.length === 0) return html``;
  const cells = (row: readonly Content[]) => row.map((cell) => html`<td>${cell}</td>`);
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names and what they have. */
export const facts = (pairs: readonly (readonly [name: string, value: Content])[]): Html =>
  html`<dl>
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;

/** A part with its heading; nothing where it has nothing to say. */
export const section = (level: 2 | 3 | 4, heading: string, ...contents: readonly Html[]): Html =>
  contents.every(({ text }) => text.trim() === '')
    ? html``
    : html`<section>${headingOf(level, heading)} ${contents}</section> `;

export const paragraph = (...contents: readonly Content[]): Html => html`<p>${contents}</p>`;

export const code = (text: string): Html => html`<code>${text}</code>`;

const headings = {
  2: (text: string) => html`<h2>${text}</h2>`,
  3: (text: string) => html`<h3>${text}</h3>`,
  4: (text: string) => html`<h4>${text}</h4>`,
} as const;

const headingOf = (level: 2 | 3 | 4, text: string): Html => headings[level](text);

/** Four digits that count, small and large ones with a power of ten. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

export const showPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** An estimate with its 95% interval; a dash where there is none. */
export const showEstimate = (
  estimate: Estimate | null | undefined,
  show: (value: number) => string = showNumber,
): string => (estimate ? `${show(estimate.mean)} (${show(estimate.low)} to ${show(estimate.high)})` : '–');

/** As a person reads it, in the time of the reader of no place: the same report is the same everywhere. */
export const showTime = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function showDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const units = ['h', 'min', 's'];
  const said = parts.flatMap((part, i) => (part > 0 ? [`${part} ${units[i]}`] : []));
  return said.slice(0, 2).join(' ') || '0 s';
}
