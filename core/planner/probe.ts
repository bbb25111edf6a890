/** Measures a calibration of a device, for models of a config; `calibration.ts` runs it. Prints it as JSON. */
import { randomStream } from '../data/random.ts';
import type { Feeds, Provider } from '../engine/engine.ts';
import { CoalescingArena } from '../engine/onnx/allocators.ts';
import { RunMemory } from '../engine/onnx/run-memory.ts';
import { openEngine } from '../engine/open.ts';
import { add, input } from '../graph/build.ts';
import { collectGarbage } from './garbage.ts';
import { layoutOf } from './layout.ts';
import type { ModelConfig } from '../model/config.ts';
import { ownParameters } from '../model/parameters.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../training/sft.ts';
import type { Calibration } from './calibration.ts';

const resident = (): number => process.memoryUsage.rss();
/** The most there was until now. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

const config = JSON.parse(process.argv[2]!) as ModelConfig;
const provider = process.argv[3] as Provider;
const architecture = { config, head: 'language' } as const;
const step = sftStepGraph(architecture, pretrainingStep({ recompute: false }));
const counted = new RunMemory(step, 'cpu', true);
const arena = new CoalescingArena();

const before = resident();
const { engine } = await openEngine({ device: provider });
const empty = await engine.compile({ outputs: { y: add(input('x', 'float32', [1]), 1) } });
await empty.run({ x: { data: Float32Array.of(1), shape: [1] } });
const opened = resident();
const program = await engine.compile(step);
const compiled = resident();
const layout = layoutOf(engine.device);

const parameters = engine.allocate(ownParameters(architecture));
const gradients = parameters.sibling();
// Pages count once something is written to them.
for (const set of [parameters, gradients])
  for (const { name, shape } of set.specs)
    await set.write({ [name]: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01) });

/** Gives what crosses to the host; the arena counts the rest. */
async function run(batch: number, length: number): Promise<number> {
  const feeds = feedRandom(batch, length);
  counted.replay(feeds, arena);
  await engine.zero(gradients);
  await program.run(feeds, { sets: { policy: parameters }, gradients });
  return counted.returned(feeds);
}

function feedRandom(batch: number, length: number): Feeds {
  const stream = randomStream(1, 'probe');
  const sequence = () => ({
    ids: Int32Array.from({ length }, () => stream.integer(config.vocabularySize)),
    start: 1,
  });
  return feedSftStep(
    Array.from({ length: batch }, () => [sequence()]),
    1,
  );
}

const small = await run(2, 64);
const calibration: Calibration = {
  first: Math.max(0, opened - before) + (await driverBytes()),
  perNode: Math.max(0, compiled - opened) / counted.nodes,
  factor: layout.inPlace ? await factorOfRuns() : 1,
};
await engine.dispose();
process.stdout.write(JSON.stringify(calibration));

/** A graphics driver prepares each kind of node when that is first run, and keeps it for all programs. */
async function driverBytes(): Promise<number> {
  if (layout.inPlace) return 0;
  await engine.norm(gradients);
  const sets = parameters.specs.reduce((total, { shape }) => total + 8 * shape.reduce((a, b) => a * b, 1), 0);
  const held = layout.programs === 'host' ? sets + arena.touched : 0;
  return Math.max(0, resident() - compiled - held);
}

/** By how much a large run takes more than the small one before, whose room it has again. */
async function factorOfRuns(): Promise<number> {
  collectGarbage();
  const [taken, known] = [resident(), arena.touched];
  const crossed = (await run(8, 256)) - small;
  return Math.min(1.5, Math.max(1, (peak() - crossed - taken) / (arena.touched - known)));
}
