import { z } from 'zod';
import { makePart, maker, type Makers } from './parts.ts';

/** Tokens that a post-processor puts before a text. How a text ends is known elsewhere. */
type Beginning = readonly string[];

const Processing = z.looseObject({ cls: z.tuple([z.string(), z.int()]) });
const beginsWithCls = maker(Processing, ({ cls: [token] }): Beginning => [token]);

const beginnings: Makers<Beginning> = {
  Sequence: maker(z.looseObject({ processors: z.array(z.unknown()) }), ({ processors }) =>
    processors.map(beginningOf).reverse().flat(),
  ),
  ByteLevel: () => [],
  BertProcessing: beginsWithCls,
  RobertaProcessing: beginsWithCls,
  TemplateProcessing: maker(
    z.looseObject({
      single: z.array(z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }).optional() })),
    }),
    ({ single }) => {
      const text = single.findIndex(({ SpecialToken: token }) => token === undefined);
      return single.slice(0, text).map(({ SpecialToken: token }) => token!.id);
    },
  ),
};

/** Throws an `Error` that says what of a post-processor cannot be used. */
export const beginningOf = (part: unknown): Beginning => makePart('post-processor', beginnings, part);
