/** Random values that fit a schema, and what is done to them so that they fit none. */
import { z } from 'zod';
import type { RandomStream } from '../../core/data/random.ts';

type Random = RandomStream;
type Maker = (schema: never, random: Random, depth: number) => unknown;

const LETTERS = ['a', 'B', '7', ' ', '\n', 'é', '漢', '🙂', '"', '\\', '\u0000'];
const MOST_LETTERS = 20;
const MOST_ELEMENTS = 4;
const MOST_DEPTH = 5;
const MOST_TRIES = 1000;
const TYPED = [Uint8Array, Int32Array, Float32Array, Float64Array] as const;

/** A value that the schema accepts, as a caller may write it. */
export function arbitrary(schema: z.core.$ZodType, random: Random, depth = 0): unknown {
  const make = makers[schema._zod.def.type];
  if (!make) throw new Error(`there is no way to make a value for a schema of type ${schema._zod.def.type}`);
  for (let i = 0; i < MOST_TRIES; i++) {
    const value = make(schema as never, random, depth);
    // Refinements are known only by trying.
    if (z.safeParse(schema, value).success) return value;
  }
  throw new Error(
    `no value was found for ${JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' }))}`,
  );
}

const makers: Partial<Record<z.core.$ZodTypeDef['type'], Maker>> = {
  boolean: (_schema, random) => random.uniform() < 0.5,
  null: () => null,
  string: (schema: z.core.$ZodString, random) => text(random, range(schema, 0, MOST_LETTERS)),
  number: (schema: z.core.$ZodNumber, random) => numeral(schema, random),
  literal: (schema: z.core.$ZodLiteral, random) => random.pick(schema._zod.def.values),
  enum: (schema: z.core.$ZodEnum, random) => random.pick(Object.values(schema._zod.def.entries)),
  // Which kind of typed array is meant is known only by trying.
  custom: (_schema, random) => random.pick(TYPED).from(list(random, 64, () => random.integer(256))),
  array: (schema: z.core.$ZodArray, random, depth) => {
    const [least, most] = range(schema, 0, depth < MOST_DEPTH ? MOST_ELEMENTS : 0);
    const length = least + random.integer(most - least + 1);
    return Array.from({ length }, () => arbitrary(schema._zod.def.element, random, depth + 1));
  },
  object: (schema: z.core.$ZodObject, random, depth) =>
    Object.fromEntries(
      Object.entries(schema._zod.def.shape)
        .filter(([, field]) => !isOptional(field) || random.uniform() < 0.5)
        .map(([name, field]) => [name, arbitrary(field, random, depth + 1)]),
    ),
  record: (schema: z.core.$ZodRecord, random, depth) => {
    const { keyType, valueType } = schema._zod.def;
    const some = () =>
      list(random, depth < MOST_DEPTH ? MOST_ELEMENTS : 1, () => arbitrary(keyType, random, depth + 1));
    // Where the keys are known, all of them are asked for.
    const keys = [...(keyType._zod.values ?? some())] as string[];
    return Object.fromEntries(keys.map((key) => [key, arbitrary(valueType, random, depth + 1)]));
  },
  union: (schema: z.core.$ZodUnion, random, depth) => {
    const { options } = schema._zod.def;
    return arbitrary(depth < MOST_DEPTH ? random.pick(options) : options[0]!, random, depth + 1);
  },
  nullable: (schema: z.core.$ZodNullable, random, depth) =>
    random.uniform() < 0.3 ? null : arbitrary(schema._zod.def.innerType, random, depth),
  optional: (schema: z.core.$ZodOptional, random, depth) =>
    arbitrary(schema._zod.def.innerType, random, depth),
  default: (schema: z.core.$ZodDefault, random, depth) => arbitrary(schema._zod.def.innerType, random, depth),
  lazy: (schema: z.core.$ZodLazy, random, depth) => arbitrary(schema._zod.def.getter(), random, depth),
};

const isOptional = (schema: z.core.$ZodType): boolean => schema._zod.optin === 'optional';

/** The bounds that a schema sets; where it sets none, the given ones. */
function range(schema: z.core.$ZodType, low: number, high: number): [least: number, most: number] {
  const checks = (schema._zod.def.checks ?? []).map(({ _zod }) => _zod.def as Bound);
  const least = checks.map(({ check, value, minimum, length }) =>
    check === 'greater_than' ? value : (minimum ?? length),
  );
  const most = checks.map(({ check, value, maximum, length }) =>
    check === 'less_than' ? value : (maximum ?? length),
  );
  const minimum = Math.max(low, ...least.filter((bound) => bound !== undefined));
  return [minimum, Math.min(Math.max(high, minimum), ...most.filter((bound) => bound !== undefined))];
}

interface Bound {
  readonly check: string;
  /** Of a number. */
  readonly value?: number;
  /** Of a length, or the length itself. */
  readonly length?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

function numeral(schema: z.core.$ZodNumber, random: Random): number {
  const [least, most] = range(schema, 0, random.pick([10, 1000, 2 ** 40]));
  const value = least + random.uniform() * (most - least);
  return 'format' in schema._zod.def ? Math.round(value) : value;
}

const text = (random: Random, [least, most]: [number, number]): string =>
  Array.from({ length: least + random.integer(most - least + 1) }, () => random.pick(LETTERS)).join('');

const list = <T>(random: Random, most: number, make: () => T): T[] =>
  Array.from({ length: random.integer(most + 1) }, make);

/** What is nowhere allowed: neither as a value nor as one of a record's. */
const NONSENSE = { nonsense: [true] };

const spoilers: readonly ((value: object, random: Random) => unknown)[] = [
  (_value, random) => random.pick([null, 0, '', true, 'text', [], [{}], new Float32Array(3), 1e300]),
  (value) => ({ ...value, surplus: 1 }),
  (value, random) => spoilSomewhere(value, random),
];

/** A value of a strict object schema, made into one that it does not accept. */
export function spoil(value: object, random: Random): unknown {
  return random.pick(spoilers)(value, random);
}

/** The value with nonsense in place of one of its parts, at any depth; with a surplus field where it has none. */
function spoilSomewhere(value: object, random: Random): unknown {
  const names = Object.keys(value);
  if (names.length === 0 || ArrayBuffer.isView(value)) return NONSENSE;
  const name = random.pick(names);
  const part = (value as Record<string, unknown>)[name];
  const deeper = typeof part === 'object' && part !== null && random.uniform() < 0.7;
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as Record<string, unknown>;
  copy[name] = deeper ? spoilSomewhere(part, random) : NONSENSE;
  return copy;
}
