import { expect, test } from 'vitest';
import { describeTensorFlow, explain, noGpu, usedGpu } from '../../../core/engine/tensorflow/device.ts';

/** As TensorFlow 2.9 writes them. */
const created =
  '2022-07-01 10:00:00.000000: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1532] Created device ' +
  '/job:localhost/replica:0/task:0/device:GPU:0 with 38223 MB memory:  -> device: 0, name: NVIDIA A100-SXM4-40GB, ' +
  'pci bus id: 0000:00:04.0, compute capability: 8.0';
const missing = (name: string) =>
  `W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library '${name}'; ` +
  `dlerror: ${name}: cannot open shared object file: No such file or directory\n`;

test('the GPU that TensorFlow uses is named as its log names it', () => {
  expect(usedGpu(created)).toBe('NVIDIA A100-SXM4-40GB');
  expect(usedGpu(missing('libcudnn.so.8'))).toBeUndefined();
});

test('libraries of NVIDIA that are missing are named once each, with what to install', () => {
  const log = `${missing('libcublas.so.11')}${missing('libcudnn.so.8')}${missing('libcudnn.so.8')}Error: ${noGpu}`;
  expect(explain('error', log)).toBe(
    'libcublas.so.11, libcudnn.so.8 cannot be loaded: install CUDA 11 (11.2 or later) and cuDNN 8 of NVIDIA',
  );
});

test('a GPU that TensorFlow does not see, a failure, a crash and silence are told apart', () => {
  expect(explain('error', `${created}\nError: ${noGpu}`)).toContain('look at CUDA_VISIBLE_DEVICES');
  expect(explain('error', 'first\nError: GLIBC_2.27 not found')).toContain(
    'when it was tried: Error: GLIBC_2.27 not found',
  );
  expect(explain('crash', '')).toContain('crashed');
  expect(explain('time', '')).toContain('did not answer within 5 minutes');
});

test('a machine is looked at once, and what cannot be used says why', async () => {
  const device = await describeTensorFlow();
  expect(device).toMatchObject({ provider: 'tensorflow', software: false, float16: false });
  expect(device.name).not.toBe('');
  expect(device.unusable).not.toBe('');
  expect(await describeTensorFlow()).toBe(device);
});
