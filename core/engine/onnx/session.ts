import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { engineFailure } from '../failures.ts';

export type Tensors = Record<string, Tensor>;

export type SessionOptions = Omit<
  InferenceSession.SessionOptions,
  'extra' | 'graphOptimizationLevel' | 'logSeverityLevel'
> & {
  /** Fail where a part of the program would run on another provider. */
  readonly wholly?: boolean;
};

export async function createSession(
  model: Uint8Array,
  { wholly = false, ...options }: SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, {
      ...options,
      graphOptimizationLevel: 'all',
      // A pattern is one block for a whole run of known shapes, beside the room that the arena kept from its first run:
      // activations would take their memory twice.
      enableMemPattern: false,
      logSeverityLevel: 4,
      extra: {
        session: {
          // Without it idle sessions burn the cores that the busy one needs.
          force_spinning_stop: '1',
          ...(wholly ? { disable_cpu_ep_fallback: '1' } : {}),
        },
      },
    });
  } catch (error) {
    throw engineFailure('the program could not be prepared', error);
  }
}

export async function runSession(
  session: InferenceSession,
  feeds: Tensors,
  fetches: Record<string, Tensor | null>,
): Promise<Tensors> {
  try {
    return await session.run(feeds, fetches);
  } catch (error) {
    throw engineFailure('the program failed', error);
  }
}
