import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeviceLost, EngineError, OutOfMemory } from '../../../core/contract/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { engineFailure } from '../../../core/engine/failures.ts';
import { add, expand, input, reduceSum } from '../../../core/graph/build.ts';
import { openTestEngine } from '../../support/engine.ts';

/** Words of runtimes and drivers as people have met them; the sources stand beside the table. */
const outOfMemory = [
  "Non-zero status code returned while running Expand node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 4000000000000",
  'CUDA failure 2: out of memory ; GPU=0 ; hostname=a ; file=cuda_stream_handle.cc ; line=175 ; expr=cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);',
  'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0',
  'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n    at CheckVkOOMThenSuccessImpl',
  'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1]',
  'Buffer size (3185049600) exceeds the max buffer size limit (1073741824)',
  'OOM when allocating tensor with shape[1,187,103,4] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
  'std::bad_alloc',
  'Array buffer allocation failed',
];

const lost = [
  'WebGPU device lost (2): Device was destroyed.',
  'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST\n    at CheckVkSuccessImpl',
  'ID3D12Device::GetDeviceRemovedReason failed with DXGI_ERROR_DEVICE_HUNG (0x887A0006)',
  'CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=a ; file=gpu_data_transfer.cc ; line=63',
  'CUDA failure 719: unspecified launch failure ; GPU=0',
];

const neither = [
  'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1',
  "Non-zero status code returned while running Gemm node. Name:'' Status Message: GEMM: Dimension mismatch, W: {2,3} K: 4 N:2",
  'CUDA failure 200: device kernel image is invalid',
];

describe('what a runtime said', () => {
  test.each(outOfMemory)('is told as a lack of memory, with what to do: %s', (words) => {
    const error = engineFailure('the program failed', new Error(words));
    expect(error).toBeInstanceOf(OutOfMemory);
    expect(error.message).toMatch(/^memory ran out: make microBatchTokens smaller.*\(the program failed: /);
  });

  test.each(lost)('is told as a lost device, with what to do: %s', (words) => {
    const error = engineFailure('the program failed', new Error(words));
    expect(error).toBeInstanceOf(DeviceLost);
    expect(error.message).toMatch(/^the device was lost: .*update the driver or choose another device/);
  });

  test.each(neither)('is told as it is where it is neither: %s', (words) => {
    const error = engineFailure('the program failed', new Error(words));
    expect(error.constructor).toBe(EngineError);
    expect(error.message).toMatch(/^the program failed: /);
  });
});

describe('a real engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openTestEngine();
  });
  afterAll(() => engine.dispose());

  test('without room for a tensor throws OutOfMemory, and goes on working', async () => {
    const x = expand(input('row', 'float32', [1, 'm']), ['n', 'm']);
    const program = await engine.compile({
      outputs: { total: reduceSum(add(x, input('column', 'float32', ['n', 1]))) },
    });
    const run = (size: number) => {
      const data = new Float32Array(size);
      return program.run({ row: { data, shape: [1, size] }, column: { data, shape: [size, 1] } });
    };
    // 4 TB.
    const error: unknown = await run(1_000_000).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutOfMemory);
    expect((error as Error).message).toContain('buffer of size 4000000000000');
    expect((await run(10))['total']!.data[0]).toBe(0);
  });
});
