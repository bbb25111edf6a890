import { expect, test } from 'vitest';
import { CoalescingArena } from '../../../../core/engine/onnx/allocators.ts';

const MEBIBYTE = 2 ** 20;

test('regions double, and a larger request makes them as large as it needs', () => {
  const arena = new CoalescingArena();
  arena.allocate(MEBIBYTE);
  expect(arena.reserved).toBe(MEBIBYTE);
  arena.allocate(1);
  expect(arena.reserved).toBe(3 * MEBIBYTE);
  arena.allocate(30 * MEBIBYTE);
  expect(arena.reserved).toBe(35 * MEBIBYTE);
});

test('what is freed is used again, neighbours as one', () => {
  const arena = new CoalescingArena();
  const blocks = Array.from({ length: 4 }, () => arena.allocate(MEBIBYTE / 4));
  blocks.forEach((block) => arena.free(block));
  arena.allocate(MEBIBYTE);
  expect(arena.reserved).toBe(MEBIBYTE);
});

test('the smallest chunk that is large enough is taken, whole where little would be left of it', () => {
  const arena = new CoalescingArena();
  const [small, large] = [arena.allocate(MEBIBYTE), arena.allocate(2 * MEBIBYTE)];
  arena.free(large);
  arena.free(small);
  // Into the first region, of which less than as much again is left.
  arena.allocate(0.75 * MEBIBYTE);
  arena.allocate(2 * MEBIBYTE);
  expect(arena.reserved).toBe(3 * MEBIBYTE);
  // Nothing is left of the first.
  arena.allocate(256);
  expect(arena.reserved).toBe(7 * MEBIBYTE);
});

test('only what was ever in use counts as touched', () => {
  const arena = new CoalescingArena();
  const block = arena.allocate(5 * MEBIBYTE);
  expect([arena.reserved, arena.touched]).toEqual([8 * MEBIBYTE, 5 * MEBIBYTE]);
  arena.free(block);
  arena.allocate(3 * MEBIBYTE);
  expect(arena.touched).toBe(5 * MEBIBYTE);
  arena.allocate(4 * MEBIBYTE);
  expect(arena.touched).toBe(7 * MEBIBYTE);
});
