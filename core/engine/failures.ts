/** What runtimes and drivers say when a device is gone or full, in one table. */
import { DeviceLost, EngineError, OutOfMemory } from '../contract/errors.ts';

interface Failure {
  readonly words: RegExp;
  readonly error: new (message: string, options: ErrorOptions) => EngineError;
  readonly advice: string;
}

const failures: readonly Failure[] = [
  {
    words: new RegExp(
      [
        // ONNX Runtime's arena, of any provider: microsoft/onnxruntime#9939, #16307.
        'Failed to allocate memory for requested buffer',
        // CUDA: hacksider/Deep-Live-Cam#584; cuBLAS and cuDNN by their own names.
        'CUDA failure 2:|CUDA_ERROR_OUT_OF_MEMORY|(CUBLAS|CUDNN)_STATUS_ALLOC_FAILED',
        // Dawn: mlc-ai/web-llm#60, microsoft/onnxruntime#25195.
        'VK_ERROR_OUT_OF_(DEVICE|HOST)_MEMORY|E_OUTOFMEMORY|Allocation size too large',
        'exceeds the max buffer size limit',
        // What becomes of a buffer that could not be made when it is used: kessler/gemma-gem#1.
        'Invalid Buffer .*is invalid due to a previous error',
        // TensorFlow: tensorflow/tfjs#808.
        'OOM when allocating tensor|Resource ?exhausted|RESOURCE_EXHAUSTED',
        // The C++ library and V8.
        'bad_alloc|bad allocation|Array buffer allocation failed|out of memory',
      ].join('|'),
      'is',
    ),
    error: OutOfMemory,
    advice:
      'memory ran out: make microBatchTokens smaller, recompute activations, train an adapter (LoRA) or take a smaller model',
  },
  {
    words: new RegExp(
      [
        // Dawn and the interfaces below it: microsoft/onnxruntime#27634, KomputeProject/kompute#460.
        '(device|context) (is |was )?lost|VK_ERROR_DEVICE_LOST|DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)',
        // CUDA errors that leave the process unable to use the device (CUDA Runtime API, cudaError):
        // microsoft/onnxruntime#26312, hacksider/Deep-Live-Cam#865.
        'CUDA failure (46|70[0-9]|71[0-9]|999):|CUDA_ERROR_(ILLEGAL_ADDRESS|LAUNCH_FAILED|LAUNCH_TIMEOUT)',
        'illegal memory access|unspecified launch failure|device-side assert',
      ].join('|'),
      'is',
    ),
    error: DeviceLost,
    advice:
      'the device was lost: its driver reset it, or it was disconnected; resume, and if it comes again update the driver or choose another device',
  },
];

/** The error for something that a device did not do: what it was, what to do and the runtime's own words. */
export function engineFailure(what: string, error: unknown): EngineError {
  const words = reason(error);
  const known = failures.find((failure) => failure.words.test(String(error)));
  if (!known) return new EngineError(`${what}: ${words}`, { cause: error });
  return new known.error(`${known.advice} (${what}: ${words})`, { cause: error });
}

/** A runtime's own words, without its prefixes and on one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const start = /(Status Message: |Error: )(?!.*(Status Message: ))/s.exec(text);
  return text
    .slice(start ? start.index + start[0].length : 0)
    .replace(/\s+/g, ' ')
    .trim();
}
