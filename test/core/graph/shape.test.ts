import { describe, expect, it } from 'vitest';
import { bindShape, broadcast, evaluate, product, symbolsOf } from '../../../core/graph/shape.ts';

describe('product', () => {
  it('multiplies numbers and sorts symbols, so that equal products are equal', () => {
    expect(product([2, 3])).toBe(6);
    expect(product(['length', 'batch'])).toBe('batch*length');
    expect(product([2, 'length', 3, 'batch'])).toBe('6*batch*length');
    expect(product([product(['batch', 4]), 'batch'])).toBe(product([4, product(['batch', 'batch'])]));
  });

  it('of nothing is 1, and of anything and 0 is 0', () => {
    expect(product([])).toBe(1);
    expect(product(['batch', 0])).toBe(0);
  });

  it('leaves no factor of 1 in front of a symbol', () => {
    expect(product([1, 'batch', 1])).toBe('batch');
  });
});

describe('evaluate', () => {
  it('puts numbers in place of symbols', () => {
    const values = new Map([
      ['batch', 3],
      ['length', 5],
    ]);
    expect(evaluate(7, values)).toBe(7);
    expect(evaluate('2*batch*length', values)).toBe(30);
    expect(evaluate('batch*batch', values)).toBe(9);
  });

  it('names the symbol that has no value', () => {
    expect(() => evaluate('2*batch', new Map())).toThrow("dimension 'batch' has no value in this run");
  });
});

describe('bindShape', () => {
  const bind = (declared: (number | string)[], actual: number[], known: [string, number][] = []) => {
    const values = new Map(known);
    bindShape('ids', declared, actual, values);
    return Object.fromEntries(values);
  };

  it('learns symbols, and divides products by what is known of them', () => {
    expect(bind(['batch', 4], [3, 4])).toEqual({ batch: 3 });
    expect(bind(['batch', '2*batch*length'], [3, 30])).toEqual({ batch: 3, length: 5 });
    expect(bind(['batch*length'], [12], [['length', 4]])).toEqual({ length: 4, batch: 3 });
  });

  it('learns nothing from a product of two unknown symbols', () => {
    expect(bind(['batch*length'], [12])).toEqual({});
  });

  it('takes an empty batch', () => {
    expect(bind(['batch', 'batch*length'], [0, 0])).toEqual({ batch: 0, length: 0 });
  });

  it('rejects another rank, another number and another value of a symbol', () => {
    const message = (declared: string, actual: string) =>
      `'ids' is ${declared} in the graph but was fed ${actual}`;
    expect(() => bind(['batch'], [3, 4])).toThrow(message('[batch]', '[3, 4]'));
    expect(() => bind([4], [3])).toThrow(message('[4]', '[3]'));
    expect(() => bind(['batch', 'batch'], [3, 4])).toThrow(message('[batch, batch]', '[3, 4]'));
  });
});

describe('broadcast', () => {
  it('follows the rules of NumPy', () => {
    expect(broadcast([2, 3], [3])).toEqual([2, 3]);
    expect(broadcast([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
    expect(broadcast([], [2])).toEqual([2]);
    expect(broadcast(['batch', 1], ['batch', 4])).toEqual(['batch', 4]);
    expect(broadcast([1], ['batch'])).toEqual(['batch']);
    expect(broadcast([1], [0])).toEqual([0]);
  });

  it('is undefined where sizes differ and neither is 1', () => {
    expect(broadcast([2, 3], [2])).toBeUndefined();
    expect(broadcast(['batch'], ['length'])).toBeUndefined();
    expect(broadcast(['batch'], [2])).toBeUndefined();
  });
});

it('symbols of a shape are named once', () => {
  expect(symbolsOf(['batch*length', 3, '2*batch'])).toEqual(['batch', 'length']);
});
