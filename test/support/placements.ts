/**
 * Prints, as ONNX Runtime tells it, on which provider each node of a family's generation programs is placed; run by
 * `wholly.webgpu.test.ts` in a process of its own, whose log it reads.
 */
import { InferenceSession } from 'onnxruntime-node';
import { lower } from '../../core/engine/onnx/lower.ts';
import { generationPrograms, kindsOf, configOf } from './wholly.ts';

const config = configOf(process.argv[2]!);
for (const kind of Object.values(kindsOf(config)))
  for (const source of Object.values(generationPrograms))
    await InferenceSession.create(lower(source({ config, head: 'language', ...kind }), 'webgpu').model, {
      executionProviders: ['webgpu'],
      logSeverityLevel: 0,
    });
