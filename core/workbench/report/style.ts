/** The look of a report: light or dark as the reader's system is, and on paper. */
export const style = `
:root { --text: #1c2024; --muted: #5b6470; --line: #d9dde3; --surface: #ffffff; --raised: #f5f6f8;
  --warning: #8a5300; --danger: #b3261e; --series-0: #1f6feb; --series-1: #b35900; --series-2: #1a7f37; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --muted: #a0a9b5; --line: #363d47; --surface: #15181c; --raised: #1e2228;
    --warning: #f0b35a; --danger: #ff8a80; --series-0: #6cb0ff; --series-1: #f0a45a; --series-2: #5fd083; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 21px; margin: 40px 0 12px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 17px; margin: 28px 0 8px; }
h4 { font-size: 15px; margin: 20px 0 8px; }
p { margin: 0 0 12px; max-width: 75ch; }
.muted { color: var(--muted); }
code, .text { font: 13px/1.5 ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--raised); border-radius: 6px; padding: 8px 12px; margin: 4px 0; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 8px 24px; margin: 0 0 12px; }
dt { color: var(--muted); font-size: 13px; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0 0 12px; font-size: 14px; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--muted); font-weight: 600; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; }
td:nth-child(n + 2) { overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 20px; }
figure { margin: 0; break-inside: avoid; }
figcaption { font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
.grid line { stroke: var(--line); }
svg text { fill: var(--muted); font-size: 11px; font-family: inherit; }
path { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.line-0 { stroke: var(--series-0); } .line-1 { stroke: var(--series-1); stroke-dasharray: 6 3; }
.line-2 { stroke: var(--series-2); stroke-dasharray: 2 3; }
.dot-0 { fill: var(--series-0); } .dot-1 { fill: var(--series-1); } .dot-2 { fill: var(--series-2); }
.legend { list-style: none; margin: 4px 0 0; padding: 0; font-size: 13px; color: var(--muted); }
.legend li { padding-left: 12px; border-left: 3px solid; margin-bottom: 2px; }
.legend .key-0 { border-color: var(--series-0); } .legend .key-1 { border-color: var(--series-1); }
.legend .key-2 { border-color: var(--series-2); }
.finding { border-left: 3px solid var(--warning); padding-left: 12px; margin: 0 0 16px; }
.finding.danger { border-color: var(--danger); }
.finding strong { color: var(--warning); } .finding.danger strong { color: var(--danger); }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; margin: 0 0 20px; break-inside: avoid; }
.answers .prompt { grid-column: 1 / -1; }
@media (max-width: 640px) { .answers { grid-template-columns: 1fr; } }
@media print {
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } h3, h4 { break-after: avoid; }
  tr { break-inside: avoid; }
}
`;
