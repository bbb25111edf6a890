/** Small enough that other messages get through between two, large enough that few are needed. */
export const PART_BYTES = 1_000_000;

/** Sends a file part after part and says after each how much is there. */
export async function upload(
  file: Blob,
  append: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let sent = 0; sent < file.size; sent += PART_BYTES) {
    signal.throwIfAborted();
    await append(new Uint8Array(await file.slice(sent, sent + PART_BYTES).arrayBuffer()));
    onProgress(Math.min(file.size, sent + PART_BYTES));
  }
  signal.throwIfAborted();
}
