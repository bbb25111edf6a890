import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../core/model/config-file.ts';
import { rotation } from '../../../core/model/rope.ts';
import { expectClose } from '../graph/references.ts';
import { fixture } from './parity.ts';

interface Case {
  /** What a `config.json` says of its positions. */
  readonly config: Record<string, unknown>;
  readonly frequencies: number[];
  readonly scale: number;
}

const cases = JSON.parse(readFileSync(join(fixture('llama'), '../rope.json'), 'utf8')) as Record<
  string,
  Case
>;

describe('rotary frequencies', () => {
  it.each(Object.entries(cases))('are those of transformers: %s', (_, { config, frequencies, scale }) => {
    const sizes = { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 4 };
    const { rope } = readConfig({ model_type: 'llama', vocab_size: 8, ...sizes, ...config }, 'a test');
    const found = rotation(rope!);
    // transformers computes them in float32.
    expectClose(found.frequencies, frequencies, 'frequencies', [0, 2e-6]);
    expect(found.scale).toBeCloseTo(scale, 6);
  });

  it('without scaling fall from 1 by the base', () => {
    expect(rotation({ theta: 100, width: 4 })).toEqual({ frequencies: [1, 0.1], scale: 1 });
  });
});
