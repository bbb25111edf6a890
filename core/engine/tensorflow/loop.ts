import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '../../graph/tensor.ts';
import type { DeviceTensor } from './library.ts';
import type { Rule } from './rule.ts';

/**
 * The loop itself runs in JavaScript: whether another iteration follows is the one value that comes to the host. The
 * process answers others between iterations.
 */
export const loop: Rule<'loop'> = async (
  { attributes: { body }, outputs },
  inputs,
  { tf, sizes, iterate },
) => {
  const [limit] = await inputs[0]!.data();
  const count = body.carried.length;
  let carried = inputs.slice(1, 1 + count).map((x) => tf.clone(x));
  const stacks: DeviceTensor[][] = body.stacked.map(() => []);
  try {
    for (let step = 0, again = limit! > 0; again; again &&= step < limit!) {
      const iteration = tf.scalar(step++, 'int32');
      const given = new Map<Tensor, DeviceTensor>([[body.iteration, iteration]]);
      body.carried.forEach((tensor, i) => given.set(tensor, carried[i]!));
      carried = [];
      const results = await iterate(given);
      carried = results.slice(0, count);
      results.slice(count + 1).forEach((result, i) => stacks[i]!.push(result));
      again = await flag(results[count]!);
      await setImmediate();
    }
    const stacked = stacks.map((stack, i) => {
      if (stack.length > 0) return tf.stack(stack);
      return tf.zeros([0, ...sizes.target(outputs[count + i]!.shape.slice(1))]);
    });
    const made = [...carried, ...stacked];
    carried = [];
    return made;
  } finally {
    tf.dispose([carried, stacks]);
  }
};

async function flag(tensor: DeviceTensor): Promise<boolean> {
  const [value] = await tensor.data();
  tensor.dispose();
  return Boolean(value);
}
