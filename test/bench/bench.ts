/**
 * The benchmarks: `npm run bench -- [--json FILE] [--only NAME] [--rounds N]`. NAME is a benchmark, or the part of
 * its name before a hyphen for all that begin with it. Machines differ, and so do their hours: only the ratios,
 * whose two sides are measured in turn in one run, are worth quoting.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { compare, type Benchmark, type Result } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { threads } from './models.ts';
import { pythonMissing } from './python.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
});

const columns = [20, 26, 36, 20] as const;

const line = (...cells: string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(columns[i] ?? 0))
    .join(' ')
    .trimEnd();

function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function show({ name, value, unit, noise, peer, peerValue, ratio }: Result, target?: number): string {
  const against = peer === null ? '' : `${peer}: ${peerValue === null ? 'not installed' : number(peerValue)}`;
  const times = ratio === null ? '' : `${ratio.toFixed(2)}x`;
  const wanted = target === undefined ? '' : `(target ${target.toFixed(2)}x)`;
  return line(name, `${number(value)} ±${number(noise)} ${unit}`, against, `${times} ${wanted}`.trim());
}

function chosen(only: string | undefined): readonly Benchmark[] {
  const found = benchmarks.filter(({ name }) => !only || name === only || name.startsWith(`${only}-`));
  if (found.length > 0) return found;
  throw new Error(
    `there is no benchmark '${only}'; there are ${benchmarks.map(({ name }) => name).join(', ')}`,
  );
}

const missing = pythonMissing();
if (missing !== undefined) console.log(missing);

async function measure(benchmark: Benchmark): Promise<Result> {
  const { peer } = benchmark;
  if (!peer?.python || missing === undefined) return compare(benchmark, rounds);
  return { ...(await compare({ ...benchmark, peer: null }, rounds)), peer: peer.name };
}

const rounds = Number(options.rounds);
console.log(`${cpus()[0]!.model.trim()}, ${threads} threads, medians of ${rounds} rounds`);
console.log(line('benchmark', 'ours ± half range', 'peer', 'ratio'));
const results: Result[] = [];
for (const benchmark of chosen(options.only)) {
  const result = await measure(benchmark);
  results.push(result);
  console.log(show(result, benchmark.target));
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
