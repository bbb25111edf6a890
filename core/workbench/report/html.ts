import { createHash } from 'node:crypto';

/** Markup that may stand in a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | readonly Content[] | null;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template of markup: whatever is put in that is not markup itself is text, and shows as it is. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.map((part, i) => (i === 0 ? part : toMarkup(contents[i - 1]!) + part)).join(''));
}

function toMarkup(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(toMarkup).join('');
  return String(content).replace(/[&<>"']/g, (character) => entities[character]!);
}

export interface Page {
  readonly title: string;
  readonly style: string;
  readonly body: Html;
}

/** A page that stands alone: it may run nothing and fetch nothing, and only this very style counts. */
export function page({ title, style, body }: Page): string {
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  // Its digest is of every character between the tags.
  const sheet = new Html(`<style>${style}</style>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${sheet}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.text;
}
