/**
 * Tries WebGPU in a process of its own, since a broken driver may take the process with it; `findWebGpu` runs it.
 * Says nothing and exits with 0 where it works.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { copyModel } from './copy-model.ts';

try {
  const session = await InferenceSession.create(copyModel(), {
    executionProviders: ['webgpu'],
    logSeverityLevel: 4,
  });
  await session.run({ from: new Tensor('float32', [1], [1]) });
} catch (error) {
  process.stderr.write(String(error));
  process.exitCode = 1;
}
