/** One measurement, printed as a number: `node test/bench/measure.ts NAME ours|peer`. The benchmarks start it. */
import type { Side } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';

const [name, side] = process.argv.slice(2) as [string, Side];
const { ours, peer } = benchmarks.find((benchmark) => benchmark.name === name)!;
console.log(JSON.stringify(await (side === 'ours' ? ours() : peer!.measure())));
