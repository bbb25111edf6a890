/** The peers in Python: each prints its result as one line of JSON (see the head of each file in `peers`). */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveModel, type Model } from '../../core/model/model.ts';
import { runForJson } from './benchmark.ts';
import { threads } from './models.ts';

export const peers = new URL('peers', import.meta.url).pathname;
/** `PEERS_PYTHON` names another Python that has what the peers import. */
export const interpreter = process.env['PEERS_PYTHON'] ?? join(peers, '.venv/bin/python');

export const pythonMissing = (): string | undefined =>
  existsSync(interpreter)
    ? undefined
    : 'The peers in Python are not installed: bash test/bench/peers/setup.sh makes them (about 6 GB).';

/** Runs a peer on a model and returns one number of its result. */
export function measurePeer(
  script: string,
  model: Model,
  settings: Readonly<Record<string, unknown>>,
  key: string,
): Promise<number> {
  const lastToken = model.config.vocabularySize - 1;
  return inTemporaryFolder(async (folder) => {
    saveModel(model, folder, { tokens: { eosId: lastToken, padId: lastToken } });
    const json = JSON.stringify({ ...settings, model: folder, threads });
    const result = await runForJson(interpreter, [join(peers, script), json]);
    return (result as Record<string, number>)[key]!;
  });
}

export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'workbench-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
