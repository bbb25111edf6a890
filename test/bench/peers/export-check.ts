/**
 * Exports tiny random models of every family, in every form, and has transformers and PEFT compute with each folder
 * what was computed here before the export:
 *
 *     node test/bench/peers/export-check.ts [folder to keep them in]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '../../../core/data/random.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { openEngine } from '../../../core/engine/open.ts';
import { readConfig } from '../../../core/model/config-file.ts';
import type { ModelConfig } from '../../../core/model/config.ts';
import { exportModel, type ExportOptions } from '../../../core/model/export.ts';
import { families } from '../../../core/model/families.ts';
import {
  loadModel,
  saveModel,
  withAdapter,
  withScalarHead,
  withWeights,
  type Model,
} from '../../../core/model/model.ts';
import { ownParameters } from '../../../core/model/parameters.ts';
import { PlacedModel } from '../../../core/model/placed.ts';
import type { Tokenizer } from '../../../core/model/tokenizer.ts';
import { ScalarScorer } from '../../../core/training/scoring.ts';
import { logitsOf, randomModel } from '../../core/generation/small-models.ts';
import { tinyTokenizer } from '../../core/workbench/tiny.ts';
import { inTemporaryFolder, interpreter, peers, pythonMissing } from '../python.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/families');
const VOCABULARY = 300;
const TEXTS = ['the cat sat on the mat.', ' the owl'];
const BIAS = 1.75;
const scoreBias = new Map([['score.bias', Float32Array.of(BIAS)]]);

/** What is exported of a family, and how. */
interface Form {
  readonly name: string;
  readonly make: (trunk: Model, folder: string) => Model;
  readonly options: Partial<ExportOptions>;
}

const asIs = (model: Model): Model => model;
const asReward = (model: Model): Model => {
  const scalar = withScalarHead(model, randomStream(3, 'head'));
  return { ...scalar, weights: withWeights(scalar.weights, scoreBias) };
};

/** An adapter of every linear layer that changes much. */
function adapted(trunk: Model, folder: string): Model {
  saveModel(trunk, folder, { tokens: tinyTokenizer() });
  const targets = families[trunk.config.family].linears(trunk.config).map(({ name }) => name);
  const model = withAdapter(trunk, folder, { rank: 3, alpha: 6, targets }, randomStream(4, 'adapter'));
  const stream = randomStream(5, 'adapter');
  const trained = ownParameters(model).map(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, stream.normals(size, 0.3)] as const;
  });
  return { ...model, weights: withWeights(model.weights, new Map(trained)) };
}

const forms: readonly Form[] = [
  { name: 'policy', make: asIs, options: {} },
  { name: 'policy, shards', make: asIs, options: { maxShardBytes: 10_000 } },
  { name: 'policy, bfloat16', make: asIs, options: { dtype: 'bfloat16' } },
  { name: 'policy, float16', make: asIs, options: { dtype: 'float16' } },
  { name: 'reward model', make: asReward, options: {} },
  { name: 'adapter, merged', make: adapted, options: {} },
  { name: 'adapter', make: adapted, options: { as: 'adapter' } },
  { name: 'reward adapter, merged', make: (m, folder) => asReward(adapted(m, folder)), options: {} },
  { name: 'reward adapter', make: (m, folder) => asReward(adapted(m, folder)), options: { as: 'adapter' } },
];

const textsOf = (tokenizer: Tokenizer) => TEXTS.map((text) => tokenizer.encode(text));

/** The logits after every token of every text, or the score of each text. */
async function numbersOf(engine: Engine, model: Model, texts: readonly Int32Array[]): Promise<number[]> {
  if (model.head === 'language') {
    const rows: Float32Array[] = [];
    for (const ids of texts) rows.push(...(await logitsOf(engine, model, ids)));
    return rows.flatMap((row) => [...row]);
  }
  const scorer = await ScalarScorer.compile(engine, model, 64);
  const placed = await PlacedModel.place(engine, model);
  const scores = await scorer.rewards(
    placed,
    texts.map((ids) => ({ ids, start: 1 })),
  );
  placed.dispose();
  await scorer.dispose();
  return [...scores];
}

async function check(engine: Engine, root: string, config: ModelConfig, form: Form): Promise<object> {
  const at = (name: string) => join(root, config.family, form.name, name);
  mkdirSync(at('.'), { recursive: true });
  const tokenizer = tinyTokenizer();
  const model = form.make(randomModel(config), at('base'));
  saveModel(model, at('here'), { tokens: tokenizer });
  tokenizer.save(at('here'));
  const options = { as: 'merged', dtype: 'float32', maxShardBytes: 1e9, ...form.options } as const;
  const { notes } = await exportModel(at('here'), at('exported'), options);
  const texts = textsOf(tokenizer);
  // What rounding does is not in question: with fewer bits the folder's own numbers are compared.
  const compared = options.dtype === 'float32' ? model : loadModel(at('exported'));
  return {
    ...{ family: config.family, form: form.name, folder: at('exported'), notes },
    ...{ texts: TEXTS, ids: texts.map((ids) => [...ids]), padId: tokenizer.padId },
    ...{
      head: model.head,
      adapter: options.as === 'adapter',
      numbers: await numbersOf(engine, compared, texts),
    },
    /** What transformers, without a bias, is to be lower by. */
    bias: notes.some((note) => note.includes('score.bias')) ? BIAS : 0,
  };
}

function configOf(family: string): ModelConfig {
  const path = join(fixtures, family, 'config.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as object;
  return readConfig({ ...json, vocab_size: VOCABULARY }, path);
}

async function checkAll(root: string): Promise<number> {
  const { engine } = await openEngine({ device: 'cpu', threads: 1 });
  const cases: object[] = [];
  for (const family of Object.keys(families))
    for (const form of forms) cases.push(await check(engine, root, configOf(family), form));
  await engine.dispose();
  const manifest = join(root, 'cases.json');
  writeFileSync(manifest, JSON.stringify(cases));
  const { status } = spawnSync(interpreter, [join(peers, 'export_check.py'), manifest], { stdio: 'inherit' });
  return status ?? 1;
}

const missing = pythonMissing();
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`);
  process.exitCode = 1;
} else {
  const [keptIn] = process.argv.slice(2);
  process.exitCode = keptIn === undefined ? await inTemporaryFolder(checkAll) : await checkAll(keptIn);
}
