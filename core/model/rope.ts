/** Rotary positions (Su et al. 2021): how fast each pair of entries turns, and the ways a context is stretched. */
import { z } from 'zod';

export interface Rope {
  /** Base of the angles. */
  readonly theta: number;
  /** The entries of a head that turn, its first; the others pass as they are. */
  readonly width: number;
  /** How the angles are changed for contexts longer than the model was first trained on. */
  readonly scaling?: RopeScaling;
  /** Layers that do not turn at all. */
  readonly unrotated?: readonly number[];
}

const factor = z.number().min(1);
const positive = z.number().positive();
const length = z.int().positive();

/** `rope_parameters` as Hugging Face names them, by `rope_type`. */
const ropeScaling = z.discriminatedUnion('rope_type', [
  z.object({ rope_type: z.literal('linear'), factor }),
  z.object({ rope_type: z.literal('dynamic'), factor }),
  z.object({
    rope_type: z.literal('llama3'),
    factor,
    low_freq_factor: positive,
    high_freq_factor: positive,
    original_max_position_embeddings: length,
  }),
  z.object({
    rope_type: z.literal('yarn'),
    factor,
    original_max_position_embeddings: length,
    attention_factor: positive.nullish(),
    beta_fast: positive.nullish(),
    beta_slow: positive.nullish(),
    mscale: z.number().nullish(),
    mscale_all_dim: z.number().nullish(),
    truncate: z.boolean().nullish(),
  }),
]);

export type RopeScaling = z.infer<typeof ropeScaling>;
type ScalingOf<K extends RopeScaling['rope_type']> = Extract<RopeScaling, { rope_type: K }>;

const rotated = z.object({ rope_theta: positive, partial_rotary_factor: positive.max(1) });

/** Reads `rope_parameters` whose every value is given; throws what zod throws, as of the field they are from. */
export function readRope(field: string, headWidth: number, values: Readonly<Record<string, unknown>>): Rope {
  const read = <T>(schema: z.ZodType<T>): T => {
    const { data, error } = schema.safeParse(values);
    if (!error) return data;
    // The name of the kind is in one of two places, so the error shows them all.
    const at = (path: PropertyKey[]) => (path[0] === 'rope_type' ? [field] : [field, ...path]);
    throw new z.ZodError(error.issues.map((issue) => ({ ...issue, path: at(issue.path) })));
  };
  const { rope_theta: theta, partial_rotary_factor: share } = read(rotated);
  const rope = { theta, width: Math.trunc(headWidth * share) };
  return values['rope_type'] === 'default' ? rope : { ...rope, scaling: read(ropeScaling) };
}

/** What the rotary tables are made of: angles a position, one for each pair of entries, and a factor on both tables. */
export interface Rotation {
  readonly frequencies: readonly number[];
  readonly scale: number;
}

export function rotation(rope: Rope): Rotation {
  const { theta, width, scaling } = rope;
  const plain = Array.from({ length: width / 2 }, (_, pair) => theta ** ((-2 * pair) / width));
  if (!scaling) return { frequencies: plain, scale: 1 };
  const rule = rules[scaling.rope_type] as Rule<RopeScaling['rope_type']>;
  return rule(plain, scaling, rope);
}

type Rule<K extends RopeScaling['rope_type']> = (
  plain: readonly number[],
  scaling: ScalingOf<K>,
  rope: Rope,
) => Rotation;

const rules: { readonly [K in RopeScaling['rope_type']]: Rule<K> } = {
  /** Position interpolation (Chen et al. 2023, eq. 4). */
  linear: (plain, { factor }) => ({ frequencies: plain.map((f) => f / factor), scale: 1 }),

  /** Changes the base for texts beyond `max_position_embeddings` alone, which is as far as a context reaches here. */
  dynamic: (plain) => ({ frequencies: plain, scale: 1 }),

  /** Llama 3.1: slow angles are divided, fast ones kept, with a ramp over the wavelengths in between. */
  llama3: (plain, { factor, low_freq_factor: low, high_freq_factor: high, ...scaling }) => {
    const turns = (f: number) => (scaling.original_max_position_embeddings * f) / (2 * Math.PI);
    const kept = (f: number) => ramp(turns(f), low, high);
    return { frequencies: plain.map((f) => blend(f / factor, f, kept(f))), scale: 1 };
  },

  /** YaRN (Peng et al. 2023, §3.2 and §3.4), where the ramp runs over the pairs and not over the wavelengths. */
  yarn: (plain, scaling, { theta, width }) => {
    const { factor, beta_fast: fast, beta_slow: slow, truncate } = scaling;
    /** The pair that turns so many times over the original context. */
    const pairOf = (turns: number) =>
      (width * Math.log(scaling.original_max_position_embeddings / (turns * 2 * Math.PI))) /
      (2 * Math.log(theta));
    const whole = truncate ?? true;
    const first = Math.max(whole ? Math.floor(pairOf(fast || 32)) : pairOf(fast || 32), 0);
    const last = Math.min(whole ? Math.ceil(pairOf(slow || 1)) : pairOf(slow || 1), width - 1);
    const divided = (pair: number) => ramp(pair, first, last === first ? last + 0.001 : last);
    return {
      frequencies: plain.map((f, pair) => blend(f, f / factor, divided(pair))),
      scale: yarnScale(scaling),
    };
  },
};

/** From 0 at `from` to 1 at `to`, and no further on either side. */
const ramp = (x: number, from: number, to: number): number =>
  Math.min(Math.max((x - from) / (to - from), 0), 1);

const blend = (a: number, b: number, share: number): number => (1 - share) * a + share * b;

/** 0.1·ln(factor) + 1 (Peng et al. 2023, eq. 22), or what the configuration says instead. */
function yarnScale({ factor, attention_factor, mscale, mscale_all_dim }: ScalingOf<'yarn'>): number {
  const scale = (by: number) => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1);
  if (typeof attention_factor === 'number') return attention_factor;
  return mscale && mscale_all_dim ? scale(mscale) / scale(mscale_all_dim) : scale(1);
}
