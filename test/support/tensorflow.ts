/** TensorFlow.js over plain JavaScript: the backend that runs everywhere, and on which the engine is tested. */
import '@tensorflow/tfjs-backend-cpu';
import * as library from '@tensorflow/tfjs-core';
import type { EngineOptions } from '../../core/engine/engine.ts';
import type { Library } from '../../core/engine/tensorflow/library.ts';
import { TensorFlowEngine } from '../../core/engine/tensorflow/tensorflow.ts';

library.enableProdMode();
await library.setBackend('cpu');

export const portableLibrary: Library = library;

const device = { provider: 'tensorflow', name: "TensorFlow.js's portable backend", software: true } as const;

export const openPortable = (options: Pick<EngineOptions, 'signal'> = {}): TensorFlowEngine =>
  new TensorFlowEngine(device, library, options);
