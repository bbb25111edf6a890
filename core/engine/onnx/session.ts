import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { EngineError } from '../../contract/errors.ts';

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
    throw new EngineError(`the program could not be prepared: ${reason(error)}`, { cause: error });
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
    throw new EngineError(`the program failed: ${reason(error)}`, { cause: error });
  }
}

/** ONNX Runtime's own words, without its prefixes and on one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const start = /(Status Message: |Error: )(?!.*(Status Message: ))/s.exec(text);
  return text
    .slice(start ? start.index + start[0].length : 0)
    .replace(/\s+/g, ' ')
    .trim();
}
