import { describe, expect, test } from 'vitest';
import { describeTensorFlow } from '../../../core/engine/tensorflow/device.ts';
import { nativeLibrary } from '../../../core/engine/tensorflow/library.ts';
import { findPackage, notInstalled } from '../../../core/engine/tensorflow/package.ts';
import { openTensorFlow } from '../../../core/engine/tensorflow/tensorflow.ts';
import { engineSuite } from './suite.ts';

const installed = findPackage()?.installed === true;
const note = installed ? '' : ` (skipped: ${notInstalled()})`;

describe.skipIf(!installed)(`the TensorFlow engine on the native library${note}`, () => {
  engineSuite('tensorflow', async (options = {}) => openTensorFlow(options, await describeTensorFlow()));

  test('runs the kernels that call functions Node no longer has', async () => {
    const tf = await nativeLibrary();
    expect(tf.getBackend()).toBe('tensorflow');
    expect([...(await tf.topk([1, 3, 2], 2).values.data())]).toEqual([3, 2]);
  });
});

test.skipIf(installed)('without the native library opening says in one sentence what to do', async () => {
  await expect(openTensorFlow({}, await describeTensorFlow())).rejects.toMatchObject({
    name: 'EngineError',
    message: `TensorFlow cannot be used: ${notInstalled()}`,
  });
});
