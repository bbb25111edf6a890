import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PromptFields } from '../contract/entities.ts';
import { DataError } from '../contract/errors.ts';
import { PARTIAL, readBytes } from '../data/files.ts';
import { readDemonstrations, readPrompts, readRankings } from '../data/records.ts';
import type { ImportBundle } from '../project/imports.ts';
import { Project } from '../project/project.ts';
import { starterFolder } from './starter-files.ts';

/** What the starter's files say of a prompt beyond its text. */
const StarterPrompt = PromptFields.omit({ text: true }).extend({ id: z.string() }).loose();
const StarterRanking = z.object({ id: z.string(), labeler: z.string(), heldOutLabeler: z.boolean() });
const StarterDemonstration = z.object({ promptId: z.string(), author: z.string() });

const file = (name: string): string => join(starterFolder, `${name}.jsonl`);

/** Makes the starter project in a folder, unless it is there. It takes its name once it is whole. */
export function ensureStarter(path: string): void {
  if (existsSync(path)) return;
  const partial = join(dirname(path), PARTIAL + basename(path));
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  const project = Project.create(partial, 'Starter', { starter: true });
  try {
    project.imports.apply(starterBundle());
    project.setGuidelines(readBytes(join(starterFolder, 'guidelines.md')).toString('utf8'));
  } finally {
    project.close();
  }
  renameSync(partial, path);
}

/** Prompts, demonstrations and rankings of the little world, by the simulated people who made them. */
function starterBundle(): ImportBundle {
  const written = ['train', 'validation', 'test'].flatMap((split) => readPrompts(file(`prompts.${split}`)));
  const known = written.map((record) => check(StarterPrompt, record));
  const prompts = written.map(({ prompt: text }, i) => {
    const { kind, useCase, author, split } = known[i]!;
    return { text, kind, useCase, author, split };
  });
  const index = new Map(known.map(({ id }, i) => [id, i]));
  const demonstrations = ['train', 'validation']
    .flatMap((split) => readDemonstrations(file(`demonstrations.${split}`)))
    .map((record) => {
      const { promptId, author } = check(StarterDemonstration, record);
      return { prompt: index.get(promptId)!, text: record.completion, labeler: author };
    });
  const ranked = ['train', 'validation']
    .flatMap((split) => readRankings(file(`rankings.${split}`)))
    .map((record) => ({ record, by: check(StarterRanking, record) }));
  const rankings = ranked.map(({ record: { completions, ranks }, by }) => ({
    prompt: index.get(by.id)!,
    completions,
    ranks,
    labeler: by.labeler,
  }));
  const writers = new Map(demonstrations.map(({ labeler }) => [labeler, false]));
  const rankers = new Map(ranked.map(({ by }) => [by.labeler, by.heldOutLabeler]));
  const labelers = [...writers, ...rankers].map(([name, heldOut]) => ({ name, heldOut, simulated: true }));
  return { source: 'starter', prompts, demonstrations, rankings, labelers };
}

function check<T>(schema: z.ZodType<T>, record: unknown): T {
  const { data, error } = schema.safeParse(record);
  if (error)
    throw new DataError(`${starterFolder} is damaged: install the workbench again`, { cause: error });
  return data;
}
