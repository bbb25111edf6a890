/** Measures a calibration, for the model config in the first argument; `calibration.ts` runs it. Prints it as JSON. */
import { randomStream } from '../data/random.ts';
import type { Feeds } from '../engine/engine.ts';
import { CoalescingArena } from '../engine/onnx/allocators.ts';
import { RunMemory } from '../engine/onnx/run-memory.ts';
import { openEngine } from '../engine/open.ts';
import { add, input } from '../graph/build.ts';
import type { ModelConfig } from '../model/config.ts';
import { ownParameters } from '../model/parameters.ts';
import { feedSftStep, pretrainingStep, sftStepGraph } from '../training/sft.ts';
import type { Calibration } from './calibration.ts';

const resident = (): number => process.memoryUsage.rss();
/** The most there was until now. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

const config = JSON.parse(process.argv[2]!) as ModelConfig;
const architecture = { config, head: 'language' } as const;
const step = sftStepGraph(architecture, pretrainingStep({ recompute: false }));
const counted = new RunMemory(step, 'cpu', true);
const arena = new CoalescingArena();

const before = resident();
const { engine } = await openEngine({ device: 'cpu' });
const empty = await engine.compile({ outputs: { y: add(input('x', 'float32', [1]), 1) } });
await empty.run({ x: { data: Float32Array.of(1), shape: [1] } });
const opened = resident();
const program = await engine.compile(step);
const compiled = resident();

const parameters = engine.allocate(ownParameters(architecture));
const gradients = parameters.sibling();
// Pages count once something is written to them.
for (const set of [parameters, gradients])
  for (const { name, shape } of set.specs)
    await set.write({ [name]: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01) });

/** What a run takes beside the sets, and what it is counted at. */
async function run(batch: number, length: number): Promise<{ taken: number; counted: number }> {
  const feeds = feedRandom(batch, length);
  counted.replay(feeds, arena);
  await engine.zero(gradients);
  await program.run(feeds, { sets: { policy: parameters }, gradients });
  return { taken: peak() - counted.returned(feeds), counted: arena.touched };
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
const large = await run(8, 256);
await engine.dispose();
const calibration: Calibration = {
  first: Math.max(0, opened - before),
  perNode: Math.max(0, compiled - opened) / counted.nodes,
  factor: Math.min(1.5, Math.max(1, (large.taken - small.taken) / (large.counted - small.counted))),
};
process.stdout.write(JSON.stringify(calibration));
