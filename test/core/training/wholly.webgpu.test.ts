/** Every program of training and generation, for every family: no node of it may run on the processor. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findWebGpu } from '../../../core/engine/devices.ts';
import { WebGpuEngine } from '../../../core/engine/onnx/webgpu.ts';
import {
  configOf,
  families,
  generationPrograms,
  kindsOf,
  languagePrograms,
  scalarPrograms,
} from '../../support/wholly.ts';

const device = await findWebGpu();

/** By provider, the ops that ONNX Runtime says it placed there. */
function placementsIn(log: string): Map<string, string[]> {
  const placements = new Map<string, string[]>();
  let ops: string[] = [];
  for (const line of log.split('\n')) {
    const provider = /placed on \[(\w+)\]/.exec(line)?.[1];
    const op = /VerifyEachNodeIsAssignedToAnEp\] +(\w+) \(/.exec(line)?.[1];
    if (provider !== undefined) placements.set(provider, (ops = placements.get(provider) ?? []));
    else if (op !== undefined) ops.push(op);
  }
  return placements;
}

describe.skipIf(device.unusable !== undefined)('on WebGPU nothing falls back to the processor', () => {
  let engine: WebGpuEngine;
  beforeAll(() => {
    engine = new WebGpuEngine(device, { wholly: true });
  });
  afterAll(() => engine.dispose());

  describe.each(families)('%s', (family) => {
    const config = configOf(family);
    const kinds = Object.entries(kindsOf(config));
    const trained = (head: 'language' | 'scalar') =>
      head === 'language' ? languagePrograms : scalarPrograms;

    test.each(
      (['language', 'scalar'] as const).flatMap((head) =>
        Object.entries(trained(head)).map(([name, source]) => [name, head, source] as const),
      ),
    )('%s', async (_, head, source) => {
      for (const [kind, about] of kinds) {
        const compiled = engine.compile(source({ config, head, ...about }));
        await expect(compiled, kind).resolves.toBeDefined();
        await (await compiled).dispose();
      }
    });

    test('generation, but for the loop around it', async () => {
      const script = join(import.meta.dirname, '../../support/placements.ts');
      const { stderr } = await promisify(execFile)(process.execPath, [script, family], { maxBuffer: 1e9 });
      const placed = placementsIn(stderr);
      expect(new Set(placed.get('CPUExecutionProvider'))).toEqual(new Set(['Loop']));
      const sessions = kinds.length * Object.keys(generationPrograms).length;
      expect(placed.get('CPUExecutionProvider')).toHaveLength(sessions);
      expect(placed.get('WebGpuExecutionProvider')!.length).toBeGreaterThan(100 * sessions);
    });
  });
});
