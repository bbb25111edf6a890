/**
 * Tries a provider of ONNX Runtime in a process of its own; `probing.ts` runs it. Where it works, it prints what it
 * found out as JSON and exits with 0.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { copyModel } from './copy-model.ts';
import { encodeModel, elementTypes, int, valueInfo } from './proto.ts';
import { halfTensor } from './tensors.ts';

const provider = process.argv[2]!;

async function run(model: Uint8Array, from: Tensor): Promise<void> {
  const session = await InferenceSession.create(model, {
    executionProviders: [provider],
    logSeverityLevel: 4,
    // Without it a program that the device cannot run would run on the processor.
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  await session.run({ from });
}

const widenModel = (): Uint8Array =>
  encodeModel({
    name: 'widen',
    node: [
      {
        ...{ opType: 'Cast', input: ['from'], output: ['to'], domain: '' },
        attribute: [int('to', elementTypes.float32)],
      },
    ],
    initializer: [],
    input: [valueInfo('from', 'float16')],
    output: [valueInfo('to', 'float32')],
  });

const storesFloat16 = (): Promise<boolean> =>
  run(widenModel(), halfTensor(Uint16Array.of(0x3c00), [1])).then(
    () => true,
    () => false,
  );

try {
  await run(copyModel(), new Tensor('float32', [1], [1]));
  process.stdout.write(JSON.stringify({ float16: await storesFloat16() }));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
