import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, ModelError } from '../contract/errors.ts';
import { readBytes, readJson, sha256OfFile, sha256OfFolder } from '../data/files.ts';
import { randomStream } from '../data/random.ts';
import { baseFolderOf, isAdapter } from '../model/adapter-folder.ts';
import { readConfig } from '../model/config-file.ts';
import { loadModel, type Model } from '../model/model.ts';
import { initialWeights, type HeadKind } from '../model/parameters.ts';
import { TOKENIZER, vocabularyOf } from '../model/tokenizer-files.ts';
import type { Job } from './request.ts';
import { Texts, type TextOptions } from './texts.ts';

/** A model and how it reads text. */
export interface Opened {
  readonly model: Model;
  readonly texts: Texts;
  readonly where: string;
}

/** The model that a job starts from; fresh weights come from its seed. */
export function openModel(source: Job['model'], seed: number, options: TextOptions = {}): Opened {
  if (typeof source === 'string') return openFolder(source, options);
  const config = readConfig(readJson(source.config, ModelError), source.config);
  const weights = initialWeights(config, randomStream(seed, 'weights'));
  return checkVocabulary({
    model: { config, head: 'language', weights },
    texts: Texts.load(source.tokenizer, options),
    where: source.config,
  });
}

/** A model folder with its tokenizer. */
export function openFolder(folder: string, options: TextOptions = {}): Opened {
  return checkVocabulary({
    model: loadModel(folder),
    texts: Texts.load(tokenizerFolder(folder), options),
    where: folder,
  });
}

/** Where the tokenizer of a model is: an adapter from elsewhere may leave its own to its base. */
export function tokenizerFolder(folder: string): string {
  return isAdapter(folder) && !existsSync(join(folder, TOKENIZER)) ? baseFolderOf(folder) : folder;
}

/** With this no text can hold a token that the model has no row for. */
function checkVocabulary(opened: Opened): Opened {
  const { vocabularySize } = opened.texts.tokenizer;
  const { vocabularySize: rows } = opened.model.config;
  if (vocabularySize > rows)
    throw new ModelError(
      `${opened.where} has ${rows} token embeddings, but its tokenizer has ids up to ${vocabularySize - 1}; give the tokenizer the model was made with`,
    );
  return opened;
}

const kinds: Record<HeadKind, string> = {
  language: 'a language model',
  scalar: 'a reward model (it has score.weight)',
};

/** Throws a `ModelError` where a model has not the head it must have. */
export function requireHead(
  { model, where }: { readonly model: Pick<Model, 'head'>; readonly where: string },
  head: HeadKind,
  purpose: string,
): void {
  if (model.head !== head)
    throw new ModelError(`${where} is ${kinds[model.head]}, but ${purpose} ${kinds[head]}; give one`);
}

/** A model in its folder, its weights aside. */
export interface Described {
  readonly model: Pick<Model, 'config'>;
  readonly where: string;
}

/** A reward model reads the tokens of another model: theirs must be the same. */
export function requireSameTokens(rewardModel: Described, policy: Described): void {
  const why = differenceOfTokens(rewardModel, policy);
  if (why !== undefined) throw new ModelError(`${why}; train a reward model from it`);
}

/** Why a model cannot read all tokens that another writes; undefined where it can. */
export function differenceOfTokens(reader: Described, writer: Described): string | undefined {
  const [own, others] = [reader.model.config.vocabularySize, writer.model.config.vocabularySize];
  if (own < others)
    return `${reader.where} has ${own} token embeddings, but ${writer.where} can write ${others} tokens`;
  const [first, second] = [reader, writer].map(({ where }) => tokenizerFolder(where)) as [string, string];
  if (sameFile(first, second) || vocabularyOf(first) === vocabularyOf(second)) return undefined;
  return `${reader.where} has another tokenizer than ${writer.where}`;
}

/** Of models that descend from each other the files are the same, and a large one takes long to parse. */
function sameFile(...folders: readonly [string, string]): boolean {
  const paths = folders.map((folder) => join(folder, TOKENIZER));
  if (!paths.every((path) => existsSync(path))) return false;
  const [one, other] = paths.map((path) => readBytes(path, ModelError));
  return one!.equals(other!);
}

/** A record and where it stands, for errors. */
export interface Located<T> {
  readonly record: T;
  /** The file and, in words, the place in it. */
  readonly where: () => string;
}

/** All records of some files. */
export function readLocated<T>(paths: readonly string[], read: (path: string) => T[]): Located<T>[] {
  return paths.flatMap((path) =>
    read(path).map((record, i) => ({ record, where: () => `${path} line ${lineOf(path, i)}` })),
  );
}

/** Readers pass over blank lines, so the line of a record is counted when it is asked for. */
function lineOf(path: string, index: number): number {
  const lines = readBytes(path).toString('utf8').split('\n');
  let records = 0;
  return 1 + lines.findIndex((line) => line.trim() !== '' && records++ === index);
}

/** A path and the digest of what was there. */
export interface Digest {
  readonly path: string;
  readonly sha256: string;
}

export type Digests = Record<string, Digest>;

/** What a job starts from, as its manifest records it. */
export function digestsOf({ model, rewardModel, data }: Job): { models: Digests; data: Digests } {
  const folder = (path: string): Digest => ({ path, sha256: sha256OfFolder(path) });
  const modelFolder = (name: string, path: string): Digests => ({
    [name]: folder(path),
    ...(isAdapter(path) && { [`${name} base`]: folder(baseFolderOf(path)) }),
  });
  const file = (path: string): Digest => ({ path, sha256: sha256OfFile(path) });
  const start: Digests =
    typeof model === 'string'
      ? modelFolder('model', model)
      : { config: file(model.config), tokenizer: folder(model.tokenizer) };
  const files = Object.entries(data).flatMap(([role, paths]) =>
    paths.map((path, i) => [i === 0 ? role : `${role} ${i + 1}`, file(path)] as const),
  );
  return {
    models: { ...start, ...(rewardModel !== undefined && modelFolder('rewardModel', rewardModel)) },
    data: Object.fromEntries(files),
  };
}

/** Throws where a model or file is no longer what a run began with. */
export function requireUnchanged(recorded: Digests, now: Digests): void {
  for (const [name, { path, sha256 }] of Object.entries(recorded))
    if (now[name]?.sha256 !== sha256)
      throw new ConfigurationError(
        `${path} (${name}) has changed since the run began; put back what it was, or begin a new run`,
      );
}
