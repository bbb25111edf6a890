/**
 * Tries TensorFlow's native library in a process of its own, since a library that does not fit the machine may take
 * the process with it; `describeTensorFlow` runs it. Exits with 0 where a GPU computed something; TensorFlow's log,
 * which names the GPU and the libraries it misses, goes to stderr.
 */
import { noGpu } from './device.ts';
import { nativeLibrary } from './library.ts';

/** Beside the public interface of a backend: the one thing that tells a GPU from the processor. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
}

try {
  const tf = await nativeLibrary();
  if (!(tf.backend() as unknown as NativeBackend).isUsingGpuDevice) throw new Error(noGpu);
  const one = tf.ones([8, 8]);
  await tf.matMul(one, one).data();
} catch (error) {
  process.stderr.write(String(error));
  process.exitCode = 1;
}
