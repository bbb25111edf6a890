import type { Benchmark } from './benchmark.ts';
import { charts } from './charts.ts';
import { generate } from './generate.ts';
import { matmulEfficiency } from './matmul.ts';
import { memory } from './memory.ts';
import { ppo } from './ppo.ts';
import { recompute } from './recompute.ts';
import { sft } from './sft.ts';
import { training } from './training.ts';
import { windowMemory } from './window-memory.ts';
import { window } from './window.ts';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  ...sft,
  matmulEfficiency,
  ...generate,
  ...ppo,
  ...memory,
  ...recompute,
  ...window,
  ...charts,
  ...training,
  ...windowMemory,
];
