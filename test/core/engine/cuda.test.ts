/** CUDA needs an NVIDIA graphics processor; here its code runs over the processor, and what refuses it is looked at. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../core/contract/errors.ts';
import type { Device } from '../../../core/engine/engine.ts';
import { CpuEngine } from '../../../core/engine/onnx/cpu.ts';
import { openCuda } from '../../../core/engine/onnx/cuda.ts';
import {
  CUDA_LIBRARY,
  findCuda,
  libraryFolder,
  missingLibraries,
  notFound,
} from '../../../core/engine/onnx/cuda-device.ts';
import { explain } from '../../../core/engine/probing.ts';
import { filledSet } from '../../support/engine.ts';
import { smallBatch, smallGpt, smallGptValues } from './small-gpt.ts';

const device: Device = { provider: 'cuda', name: 'NVIDIA H200', software: false };
const hasLibrary = existsSync(join(libraryFolder, CUDA_LIBRARY));

describe('an engine of another provider over the sets of the CPU engine', () => {
  test('says which device it is, and trains', async () => {
    const engine = new CpuEngine({ threads: 1 }, { device, executionProviders: ['cpu'] });
    expect(engine.device).toBe(device);
    const program = await engine.compile(smallGpt());
    const policy = await filledSet(engine, smallGptValues());
    const gradients = policy.sibling();
    const { loss } = await program.run(smallBatch(2, 5), { sets: { policy }, gradients });
    expect(loss!.data[0]).toBeGreaterThan(0);
    expect(await engine.norm(gradients)).toBeGreaterThan(0);
    await engine.dispose();
  });

  test.skipIf(hasLibrary)('cannot compile where the library is not fetched, and says so', async () => {
    const engine = openCuda({ threads: 1 }, device);
    await expect(engine.compile(smallGpt())).rejects.toThrow(EngineError);
    await expect(engine.compile(smallGpt())).rejects.toThrow(/Failed to load shared library/);
    await engine.dispose();
  });
});

describe('why CUDA cannot be used', () => {
  test('is said with what to do, where it cannot', async () => {
    const { unusable } = await findCuda();
    if (unusable !== undefined) expect(unusable).toMatch(/: (use|install|run|update|look at) /);
  });

  test('names the libraries that the dynamic linker does not find', async () => {
    const listed = `	linux-vdso.so.1 (0x00007ffd5a9f5000)
	libcublasLt.so.12 => not found
	libcublas.so.12 => not found
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1d0c9d4000)\n`;
    expect(notFound(listed)).toEqual(['libcublasLt.so.12', 'libcublas.so.12']);
    if (process.platform === 'linux')
      expect(await missingLibraries(join(libraryFolder, 'libonnxruntime.so.1'))).toEqual([]);
  });

  test('is told in the words of the table, else in the last of the runtime without its colours', () => {
    const table = [[/no (lib\S+)/, '$1 is missing: install it']] as const;
    expect(explain({ failed: 'error', found: {}, log: 'no libcudnn.so.9 here' }, table)).toBe(
      'libcudnn.so.9 is missing: install it',
    );
    expect(explain({ failed: 'error', found: {}, log: 'a\n\u001b[1;31mb\u001b[m\n' }, table)).toBe(
      'it failed when it was tried: b',
    );
    expect(explain({ failed: 'crash', found: {}, log: '' }, table)).toMatch(/driver crashed/);
    expect(explain({ failed: 'time', found: {}, log: '' }, table)).toMatch(
      /did not answer within 60 seconds/,
    );
  });
});
