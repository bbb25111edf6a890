import { z } from 'zod';

/** How the parts of one kind are made, by the `type` that tokenizer.json gives them. */
export type Makers<T> = Readonly<Record<string, (part: unknown) => T>>;

/** A maker of parts with these fields. Throws an `Error` that names the field where one is not as it must be. */
export const maker =
  <S extends z.ZodType, T>(fields: S, make: (part: z.output<S>) => T) =>
  (part: unknown): T => {
    const result = fields.safeParse(part);
    if (result.success) return make(result.data);
    const { path, message } = result.error.issues[0]!;
    throw new Error(`"${path.join('.')}" ${message}`);
  };

const Typed = z.looseObject({ type: z.string() });

/** A part by its type. Throws an `Error` that names a type nobody here knows. */
export function makePart<T>(kind: string, makers: Makers<T>, part: unknown): T {
  const { type } = maker(Typed, (typed) => typed)(part);
  const make = Object.hasOwn(makers, type) ? makers[type]! : undefined;
  if (!make) throw new Error(`its ${kind} "${type}" is unknown here`);
  try {
    return make(part);
  } catch (error) {
    throw new Error(`its ${kind} "${type}": ${(error as Error).message}`, { cause: error });
  }
}
