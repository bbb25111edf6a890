import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TokenTexts } from '../../model/token-texts.ts';
import type { RunFolder } from '../../project/run-folder.ts';
import { modelAt, modelOf } from '../run-model.ts';
import { Texts } from '../texts.ts';

/** How a run's model reads text, and the text of each of its tokens. */
export interface RunTexts {
  readonly texts: Texts;
  readonly tokens: TokenTexts;
}

interface Opened extends RunTexts {
  readonly changedAt: number;
}

/** Vocabularies that are kept open: a person looks at one run, or compares a few. */
const KEPT = 4;

const opened = new Map<string, Opened>();

/** Opening a vocabulary takes a tenth of a second, so the last few are remembered. */
export function textsOf(run: RunFolder): RunTexts {
  const folder = tokenizerFolder(run);
  const file = join(folder, 'tokenizer.json');
  const changedAt = existsSync(file) ? statSync(file).mtimeMs : 0;
  const known = opened.get(folder);
  opened.delete(folder);
  const found = known?.changedAt === changedAt ? known : open(folder, changedAt);
  opened.set(folder, found);
  for (const oldest of [...opened.keys()].slice(0, -KEPT)) opened.delete(oldest);
  return found;
}

function open(folder: string, changedAt: number): Opened {
  const texts = Texts.load(folder);
  return { changedAt, texts, tokens: new TokenTexts(texts.tokenizer) };
}

/** A run never changes its vocabulary, so any of its models will do, or the one that it began with. */
function tokenizerFolder(run: RunFolder): string {
  const checkpoint = run.latestCheckpoint();
  const own = [modelOf(run), ...(checkpoint ? [modelAt(checkpoint)] : [])].find((path) => existsSync(path));
  return own ?? run.manifest.models['model']?.path ?? run.path;
}
