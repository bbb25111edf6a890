/**
 * Measures what `cases.ts` lists on the graphics processors of this machine, and PyTorch, Transformers and TRL on the
 * same card, and prints one table:
 *     node test/bench/gpu/table.ts [--results FILE] [--seconds S] [--stage-seconds S] [--only WORDS] [--rehearse]
 * Called again with the same file it goes on with what is missing there. `--rehearse` takes tiny sizes, which show
 * that everything runs, on whatever devices there are. The card's own Python is named by PEERS_PYTHON.
 */
import { parseArgs } from 'node:util';
import type { Device, Provider } from '../../../core/engine/engine.ts';
import { nvidiaCards } from '../../../core/engine/graphics.ts';
import { chooseDevice } from '../../../core/engine/open.ts';
import { cases, full, rehearsal } from './cases.ts';
import { report } from './report.ts';
import { readLines, runStages, stagesOf, type Line, type Machine } from './stages.ts';

const { values: options } = parseArgs({
  options: {
    results: { type: 'string', default: 'gpu-results.jsonl' },
    seconds: { type: 'string', default: '540' },
    'stage-seconds': { type: 'string', default: '180' },
    only: { type: 'string', default: '' },
    rehearse: { type: 'boolean', default: false },
  },
});

/** Most important first. */
const providers: readonly Provider[] = ['webgpu', 'cuda', 'tensorflow', 'cpu'];

/** The processor, and what is drawn by it, is for rehearsals. */
async function usableDevices(rehearse: boolean): Promise<readonly Provider[]> {
  const found: Device[] = [];
  for (const provider of providers) {
    try {
      found.push((await chooseDevice(provider)).device);
    } catch (error) {
      console.log((error as Error).message);
    }
  }
  const wanted = (device: Device) => rehearse || (device.provider !== 'cpu' && !device.software);
  return found.filter(wanted).map(({ provider }) => provider);
}

async function machine(): Promise<Machine> {
  const cards = await nvidiaCards();
  const { rehearse } = options;
  if (cards.length === 0 && !rehearse)
    throw new Error('there is no NVIDIA card on this machine; --rehearse shows at tiny sizes that all runs');
  return {
    devices: await usableDevices(rehearse),
    peersOn: cards.length > 0 ? 'cuda' : 'cpu',
    size: rehearse ? 'rehearsal' : 'full',
  };
}

const say = ({ case: name, who, seconds, error, values }: Line): void =>
  console.log(
    `${seconds.toFixed(1).padStart(6)} s  ${name}: ${who}  ${error ?? values?.map(rounded).join(' ') ?? ''}`,
  );

const rounded = (value: number): string => value.toPrecision(4);

// So that what it started ends with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const all = cases(options.rehearse ? rehearsal : full);
const deadline = performance.now() + Number(options.seconds) * 1000;
const stages = stagesOf(all, await machine()).filter(({ case: name }) => name.includes(options.only));
const left = await runStages(
  stages,
  options.results,
  { stage: Number(options['stage-seconds']), deadline },
  say,
);
console.log(`\n${report(all, readLines(options.results))}`);
if (left.length > 0) console.log(`\n${left.length} measurements are left: call it again.`);
