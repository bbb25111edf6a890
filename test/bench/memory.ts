/**
 * Growth of resident memory in long work, which is to be none. Resident memory moves in steps: the allocators ask for
 * 128 KiB to 1 MiB at a time and keep what was freed. Spread over the repetitions that is a noise of about 500 bytes
 * a step or 2 kilobytes a generation, below which no growth can be told from none.
 */
import type { Engine } from '../../core/engine/engine.ts';
import type { Benchmark } from './benchmark.ts';
import { generation } from './generate.ts';
import { gpt2, withEngine } from './models.ts';
import { trainingStep } from './sft.ts';

const tiny = gpt2(32, 2, 2, 64);

type Action = () => Promise<void>;

/** Bytes a repetition, once the warm-up has filled whatever is filled once. */
const growth = (
  prepare: (engine: Engine) => Promise<Action>,
  { warmUp, repeats }: { warmUp: number; repeats: number },
): Promise<number> =>
  withEngine(async (engine) => {
    const action = await prepare(engine);
    for (let i = 0; i < warmUp; i++) await action();
    const before = residentBytes();
    for (let i = 0; i < repeats; i++) await action();
    return (residentBytes() - before) / repeats;
  });

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

export const memory: Benchmark[] = [
  {
    name: 'memory-sft',
    unit: 'bytes/step',
    ours: () =>
      growth((engine) => trainingStep(engine, { config: tiny, batch: 4, length: 32 }), {
        warmUp: 200,
        repeats: 2000,
      }),
    peer: null,
  },
  {
    name: 'memory-generate',
    unit: 'bytes/generation',
    ours: () =>
      growth((engine) => generation(engine, { config: tiny, batch: 4, promptLength: 8, newTokens: 16 }), {
        warmUp: 500,
        repeats: 500,
      }),
    peer: null,
  },
];
