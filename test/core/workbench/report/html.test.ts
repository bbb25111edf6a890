import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { html, page } from '../../../../core/workbench/report/html.ts';
import { showDuration, showNumber, table } from '../../../../core/workbench/report/tables.ts';

test('what is put into a template is text, unless it is markup', () => {
  const hostile = `<img src=x onerror='f("&")'>`;
  expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&#39;f(&quot;&amp;&quot;)&#39;&gt;">&lt;img src=x onerror=&#39;f(&quot;&amp;&quot;)&#39;&gt;</p>',
  );
  expect(html`${[html`<b>${1}</b>`, '<', null]}`.text).toBe('<b>1</b>&lt;');
});

test('a page allows its own style and nothing else', () => {
  const text = page({ title: '</title>', style: 'p { color: red }', body: html`<p>x</p>` });
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)![1]!;
  expect(text).toContain(`style-src &#39;sha256-${createHash('sha256').update(style).digest('base64')}&#39;`);
  expect(text).toContain('default-src &#39;none&#39;');
  expect(text).toContain('<title>&lt;/title&gt;</title>');
});

test('a table without rows is nothing', () => {
  expect(table(['a'], []).text).toBe('');
  expect(table(['a'], [['<']]).text).toContain('<td>&lt;</td>');
});

test.each([
  [0, '0'],
  [12_345_678, '12345678'],
  [0.123456, '0.1235'],
  [0.00001234, '1.234e-5'],
  [-0.5, '-0.5'],
  [NaN, 'NaN'],
])('%d reads %s', (value, said) => {
  expect(showNumber(value)).toBe(said);
});

test.each([
  [0, '0 s'],
  [61_000, '1 min 1 s'],
  [7_384_000, '2 h 3 min'],
])('%d milliseconds read %s', (time, said) => {
  expect(showDuration(time)).toBe(said);
});
