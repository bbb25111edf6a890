export type TensorData = Float32Array | Int32Array | Uint8Array;

/** A tensor on the host: row-major data. */
export interface HostTensor<D extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: D;
}

export type HostTensors<D extends TensorData = TensorData> = Map<string, HostTensor<D>>;
