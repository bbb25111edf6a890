/**
 * `npm run starter` rebuilds `resources/starter`: the corpus of the little world, its tokenizer, the base model
 * pretrained on it, and the project's prompts, demonstrations and rankings. Everything follows from the seed. A
 * build that was stopped goes on where it was.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { writeFileAtomic, sha256OfFolder } from '../data/files.ts';
import { randomStream } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { Generator, unfiltered, type Completion } from '../generation/generate.ts';
import { trainBpe } from '../model/bpe.ts';
import { loadModel, saveModel } from '../model/model.ts';
import { PlacedModel } from '../model/placed.ts';
import { Tokenizer } from '../model/tokenizer.ts';
import { RunFolder } from '../project/run-folder.ts';
import { corpus } from '../starter/corpus.ts';
import { demonstrations } from '../starter/demonstrations.ts';
import { LABELERS, rank } from '../starter/labelers.ts';
import { variants } from '../starter/flaws.ts';
import { prompts, type Prompt } from '../starter/prompts.ts';
import { resumeJob, runJob, type JobResult } from '../workbench/jobs.ts';
import type { JobRequest } from '../workbench/request.ts';
import { createProgress, type Progress } from './progress.ts';
import { interruptible, runCommand, withEngine } from './terminal.ts';

/** Documents of each part of the corpus; every part is a seed of its own. */
const corpora = {
  pretrainingRun: { seed: 1, documents: 330_000 },
  pretrainingCheck: { seed: 2, documents: 600 },
  /** What PPO-ptx mixes in, and what its loss is measured on: texts the base model has not seen. */
  pretraining: { seed: 3, documents: 3_000 },
  pretrainingValidation: { seed: 4, documents: 400 },
} as const;

/** The vocabulary is learned from this many documents. */
const TOKENIZER_DOCUMENTS = 40_000;
const VOCABULARY = 1024;
const END = '<|endoftext|>';
const PAD = '<|pad|>';

const architecture = {
  model_type: 'gpt2',
  vocab_size: VOCABULARY,
  n_positions: 256,
  n_embd: 128,
  n_layer: 4,
  n_head: 4,
};

const SEED = 1;
/** Prompts that get ranked completions. */
const RANKED = { train: 2400, validation: 200 } as const;
/** Shares of the ranked completions that the base model or a careless person wrote; the SFT model wrote the rest. */
const SOURCES = { base: 0.08, person: 0.25 } as const;
const COMPLETION_TOKENS = 56;

interface Build {
  readonly engine: Engine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Where the project goes, and where the runs behind it are kept. */
  readonly out: string;
  readonly work: string;
}

const program = new Command('starter')
  .description(
    'Rebuild the starter project: corpus, tokenizer, base model, prompts, demonstrations and rankings.',
  )
  .option('--out <folder>', 'the folder of the project', 'resources/starter')
  .option(
    '--work <folder>',
    'the folder of the runs behind it; a build goes on from what is there',
    'runs/starter',
  )
  .option('--threads <count>', 'processor threads', Number)
  .action((options: { out: string; work: string; threads?: number }) =>
    runCommand(() =>
      interruptible(
        () => process.stderr.write('stopping at the next checkpoint\n'),
        (signal) =>
          withEngine({ device: 'cpu', ...(options.threads && { threads: options.threads }) }, (engine) =>
            build({ ...options, engine, signal, progress: createProgress(process.stderr) }),
          ),
      ),
    ),
  );

async function build(context: Build): Promise<void> {
  const began = performance.now();
  const { out, work, progress } = context;
  mkdirSync(work, { recursive: true });
  mkdirSync(out, { recursive: true });

  const base = await pretrainBase(context);
  const { model, tokenizer } = { model: loadModel(base), tokenizer: Tokenizer.load(base) };
  saveModel(model, join(out, 'model'), { tokens: tokenizer });
  tokenizer.save(join(out, 'model'));

  const asked = prompts(SEED);
  writeData(out, asked);
  const sft = await job(context, 'sft', {
    algorithm: 'sft',
    model: join(out, 'model'),
    data: {
      demonstrations: join(out, 'demonstrations.train.jsonl'),
      validation: join(out, 'demonstrations.validation.jsonl'),
      pretraining: join(out, 'pretraining.jsonl'),
    },
    preset: 'starter',
    seed: SEED,
    out: join(work, 'sft'),
  });
  await writeRankings(context, asked, base, sft.model);
  progress.done();
  describeBuild(context, (performance.now() - began) / 1000);
}

/** Runs a job, or goes on with it where an earlier build stopped. */
function job({ engine, progress, signal }: Build, label: string, request: JobRequest): Promise<JobResult> {
  const host = {
    engine,
    signal,
    onProgress: (made: Omit<Parameters<Progress['update']>[0], 'label'>) =>
      progress.update({ ...made, label }),
  };
  const started = existsSync(join(request.out, 'run.json'));
  return started ? resumeJob(request.out, host) : runJob(request, host);
}

async function pretrainBase(context: Build): Promise<string> {
  const { work } = context;
  const at = (name: string) => join(work, name);
  if (!existsSync(at('config.json'))) writeCorpus(at);
  const { model } = await job(context, 'pretrain', {
    algorithm: 'pretrain',
    model: { config: at('config.json'), tokenizer: at('tokenizer') },
    data: { texts: at('texts.jsonl'), validation: at('check.jsonl') },
    preset: 'starter',
    seed: SEED,
    out: at('pretrain'),
  });
  return model;
}

/** The configuration comes last: where it is, the corpus is whole. */
function writeCorpus(at: (name: string) => string): void {
  const texts = [...corpus(corpora.pretrainingRun.seed, corpora.pretrainingRun.documents)];
  const bpe = trainBpe(texts.slice(0, TOKENIZER_DOCUMENTS), VOCABULARY, [END, PAD]);
  Tokenizer.of(bpe, { eos: END, pad: PAD }).save(at('tokenizer'));
  writeLines(
    at('texts.jsonl'),
    texts.map((text) => ({ text })),
  );
  writeTexts(at('check.jsonl'), 'pretrainingCheck');
  writeFileAtomic(at('config.json'), JSON.stringify(architecture, null, 2));
}

function writeData(out: string, asked: readonly Prompt[]): void {
  for (const split of ['train', 'validation', 'test'] as const) {
    const of = asked.filter((prompt) => prompt.split === split);
    writeLines(
      join(out, `prompts.${split}.jsonl`),
      of.map(({ text, ...rest }) => ({ prompt: text, ...rest })),
    );
  }
  const written = demonstrations(SEED, asked);
  for (const split of ['train', 'validation'] as const)
    writeLines(
      join(out, `demonstrations.${split}.jsonl`),
      written.filter((demonstration) => demonstration.split === split),
    );
  writeTexts(join(out, 'pretraining.jsonl'), 'pretraining');
  writeTexts(join(out, 'pretraining.validation.jsonl'), 'pretrainingValidation');
}

/** One completion to be ranked: whose it is. */
interface Slot {
  readonly prompt: Prompt;
  readonly source: 'sft' | 'base' | 'person';
}

interface Written {
  readonly text: string;
  readonly ended: boolean;
}

/** Samples K completions of every chosen prompt and has a labeler rank them; held-out labelers only validate. */
async function writeRankings(
  context: Build,
  asked: readonly Prompt[],
  base: string,
  sft: string,
): Promise<void> {
  const chosen = {
    train: asked.filter(({ split }) => split === 'train').slice(0, RANKED.train),
    validation: asked.filter(({ split }) => split !== 'train').slice(0, RANKED.validation),
  };
  const slots = [...chosen.train, ...chosen.validation].flatMap(slotsOf);
  const completions = await writeCompletions(context, slots, { base, sft });
  for (const split of ['train', 'validation'] as const) {
    const labelers = LABELERS.filter(({ isHeldOut }) => split === 'validation' || !isHeldOut);
    const lines = chosen[split].map((prompt, i) => {
      const own = completions.filter((_, slot) => slots[slot]!.prompt === prompt);
      const labeler = labelers[i % labelers.length]!;
      const { ranks } = rank(labeler, prompt.task, own, randomStream(SEED, 'ranks', prompt.id));
      return {
        id: prompt.id,
        prompt: prompt.text,
        completions: own.map(({ text }) => text),
        ended: own.map(({ ended }) => ended),
        ranks,
        labeler: labeler.name,
        heldOutLabeler: labeler.isHeldOut,
      };
    });
    writeLines(join(context.out, `rankings.${split}.jsonl`), lines);
  }
}

/** K from 4 to 9 (InstructGPT, §3.5). */
function slotsOf(prompt: Prompt): Slot[] {
  const stream = randomStream(SEED, 'slots', prompt.id);
  return Array.from({ length: 4 + stream.integer(6) }, () => {
    const draw = stream.uniform();
    const source = draw < SOURCES.base ? 'base' : draw < SOURCES.base + SOURCES.person ? 'person' : 'sft';
    return { prompt, source };
  });
}

async function writeCompletions(
  { engine, progress }: Build,
  slots: readonly Slot[],
  folders: { base: string; sft: string },
): Promise<Written[]> {
  const written: Written[] = [];
  slots.forEach(({ prompt, source }, slot) => {
    if (source === 'person') written[slot] = variants(randomStream(SEED, 'person', slot), prompt.task, 1)[0]!;
  });
  for (const source of ['base', 'sft'] as const) {
    progress.note(`sampling completions from the ${source} model`);
    const own = slots.flatMap((slot, i) => (slot.source === source ? [i] : []));
    const tokenizer = Tokenizer.load(folders[source]);
    const made = await sample(engine, folders[source], tokenizer, own, slots);
    own.forEach((slot, i) => (written[slot] = readable(made[i]!, tokenizer)));
  }
  return written;
}

async function sample(
  engine: Engine,
  folder: string,
  tokenizer: Tokenizer,
  own: readonly number[],
  slots: readonly Slot[],
): Promise<Completion[]> {
  const model = loadModel(folder);
  const policy = await PlacedModel.place(engine, model);
  const generator = await Generator.compile(engine, model, unfiltered(1));
  const made = await generator.generate(
    policy,
    own.map((slot) => tokenizer.encode(slots[slot]!.prompt.text)),
    (i) => randomStream(SEED, 'sample', own[i]!),
    { maxTokens: COMPLETION_TOKENS, endTokens: [tokenizer.eosId], padToken: tokenizer.padId },
  );
  policy.dispose();
  await generator.dispose();
  return made;
}

/** A completion that ended at once has no text to show, so it is shown as a full stop. */
function readable({ ids, ended }: Completion, tokenizer: Tokenizer): Written {
  return { text: tokenizer.decode(ids, { skipSpecial: true }) || '.', ended };
}

function writeTexts(path: string, part: keyof typeof corpora): void {
  const { seed, documents } = corpora[part];
  writeLines(
    path,
    Array.from(corpus(seed, documents), (text) => ({ text })),
  );
}

function writeLines(path: string, records: readonly object[]): void {
  writeFileAtomic(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** Says in the project itself how it was made. */
function describeBuild({ out, work, engine }: Build, seconds: number): void {
  const metrics = RunFolder.open(join(work, 'pretrain')).readMetrics();
  const last = metrics.at(-1)!;
  rmSync(join(out, 'build.json'), { force: true });
  const description = {
    command: 'npm run starter',
    seed: SEED,
    corpora,
    architecture,
    pretraining: {
      steps: last.step,
      tokens: last['num_tokens'],
      loss: last['loss'],
      validationLoss: last['eval_loss'],
      seconds: Math.round((last.time - metrics[0]!.time) / 1000),
    },
    ranked: RANKED,
    secondsOfThisCall: Math.round(seconds),
    processor: engine.device.name,
    sha256: { model: sha256OfFolder(join(out, 'model')) },
  };
  writeFileAtomic(join(out, 'build.json'), `${JSON.stringify(description, null, 2)}\n`);
  process.stderr.write(`the starter project is in ${relative('.', out) || out}\n`);
}

await program.parseAsync();
