import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../core/engine/engine.ts';
import { add, input, splitAt } from '../../../core/graph/build.ts';
import { gradientRules } from '../../../core/graph/gradient.ts';
import { print } from '../../../core/graph/print.ts';
import type { Node, Op, Tensor } from '../../../core/graph/tensor.ts';
import { evaluateOnce, filledSet, floats, openTestEngine } from '../../support/engine.ts';
import { checkGradient } from '../../support/gradient-check.ts';
import { opCases, type OpCase, type Worked } from './op-cases.ts';

const cases = Object.entries(opCases) as [Op, OpCase][];

let engine: Engine;
beforeAll(async () => (engine = await openTestEngine()));
afterAll(() => engine.dispose());

/** The gradients of an op's inputs, given `upstream` as that of its first output. */
function derivatives({ node }: Tensor): Record<string, Tensor> {
  const upstream = input('upstream', 'float32', node.outputs[0]!.shape);
  const rule = gradientRules[node.op] as (node: Node, gradients: Tensor[]) => (Tensor | undefined)[];
  const named = rule(node, [upstream]).map((gradient, i) => [`∂${nameOf(node.inputs[i]!, i)}`, gradient]);
  return Object.fromEntries(named.filter(([, gradient]) => gradient)) as Record<string, Tensor>;
}

const nameOf = ({ node }: Tensor, i: number): string => (node.op === 'input' ? node.attributes.name : `${i}`);

describe('printed', () => {
  it.each(cases)('%s prints as one line of its operands and attributes', (op, { example }) => {
    expect(example.node.op).toBe(op);
    expect(`\n${print({ y: example })}\n`).toMatchSnapshot();
  });

  const differentiated = cases.filter(([, { gradient }]) => typeof gradient !== 'string');
  it.each(differentiated)('the gradient of %s prints as its formula', (_, { example }) => {
    expect(`\n${print(derivatives(example))}\n`).toMatchSnapshot();
  });
});

describe('gradients', () => {
  const checks = cases.flatMap(([op, { gradient }]) =>
    typeof gradient === 'string' ? [] : gradient.map((check, i) => [op, i + 1, check] as const),
  );
  it.each(checks)('of %s agree with finite differences (%i)', (_, __, check) =>
    checkGradient({ ...check, engine }),
  );

  it.each(cases.filter(([, { gradient }]) => gradient === 'constant'))(
    'do not flow through %s',
    (_, { example }) => {
      expect(derivatives(example)).toEqual({});
    },
  );

  it.each(cases.filter(([, { gradient }]) => gradient === 'refused'))(
    'of %s are refused by name',
    (op, { example }) => {
      expect(() => derivatives(example)).toThrow(`${op} has no gradient, yet the loss depends on its output`);
    },
  );
});

describe('values', () => {
  const worked = cases.flatMap(([op, { values }]) =>
    typeof values === 'string' ? [] : values.map((example, i) => [op, i + 1, example] as const),
  );
  const expectValues = async ({ of, feeds, expected }: Worked) => {
    const { y } = await evaluateOnce(engine, { y: of }, feeds);
    expect(y!.shape).toEqual(expected.shape);
    expect(y!.data).toEqual(expected.data);
  };
  it.each(worked)('of %s are those worked out by hand (%i)', (_, __, example) => expectValues(example));

  it('of an axis split at a size that only the run knows are its two parts', async () => {
    const whole = input('whole', 'float32', ['all']);
    const head = input('head', 'float32', ['head']);
    const [before, after] = splitAt(whole, 0, 'head', 'tail');
    const feeds = { whole: floats([1, 2, 3, 4, 5], [5]), head: floats([10, 10], [2]) };
    const values = await evaluateOnce(engine, { before: add(before, head), after }, feeds);
    expect(values).toEqual({ before: floats([11, 12], [2]), after: floats([3, 4, 5], [3]) });
  });

  it('of a parameter are those of the set bound to its group', async () => {
    const set = await filledSet(engine, { 'h.0.weight': floats([1, 2, 3, 4, 5, 6], [2, 3]) });
    const program = await engine.compile({ outputs: { y: opCases.parameter.example } });
    const { y } = await program.run({}, { sets: { policy: set } });
    expect(y).toEqual(floats([1, 2, 3, 4, 5, 6], [2, 3]));
    set.dispose();
    await program.dispose();
  });
});
