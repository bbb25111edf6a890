import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { describeDeath } from '../../../core/workbench/work/crash.ts';

/** How a real Node ends that runs this. */
function deathBy(code: string): string {
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  return describeDeath({ code: status, signal, stderr });
}

test.each([
  ["throw new TypeError('boom')", '(exit code 1): TypeError: boom'],
  ["throw new Error('boom', { cause: new RangeError('deeper') })", '(exit code 1): Error: boom'],
  ["throw Object.assign(new Error('gone'), { code: 'E_GONE', more: [1] })", '(exit code 1): Error: gone'],
  ["throw 'plain words'", '(exit code 1): plain words'],
  ["Promise.reject('why')", 'rejected with the reason "why".'],
  ["console.error('no such device'); process.exit(3)", '(exit code 3): no such device'],
  ['process.exit(4)', '(exit code 4)'],
  ['process.abort()', '(SIGABRT)'],
])('%s is told as "%s"', (code, told) => {
  const death = deathBy(code);
  expect(death).toMatch(/^the trainer ended unexpectedly/);
  expect(death.endsWith(told)).toBe(true);
});

/** How a death is told of a trainer that computed on a graphics processor. */
const onGraphics = (death: { code: number | null; signal: NodeJS.Signals | null; stderr?: string }) =>
  describeDeath({ stderr: '', ...death, graphics: 'NVIDIA H200' });

test.each([
  { code: null, signal: 'SIGSEGV' },
  { code: null, signal: 'SIGABRT' },
  // 0xC0000005, an access violation on Windows.
  { code: 3_221_225_477, signal: null },
] as const)('a driver is the likely cause where a native library broke the trainer: %o', (death) => {
  expect(onGraphics(death)).toMatch(
    /^the trainer ended unexpectedly \(.+\) while it computed on NVIDIA H200: its driver is the likely cause/,
  );
});

test('it is not where an error or a lack of memory ended the trainer, nor on the processor', () => {
  expect(onGraphics({ code: 1, signal: null, stderr: 'Error: boom' })).toContain(
    '(exit code 1): Error: boom',
  );
  expect(onGraphics({ code: null, signal: 'SIGKILL' })).toContain('as the system does where memory runs out');
  expect(onGraphics({ code: null, signal: 'SIGABRT', stderr: 'std::bad_alloc' })).toContain(
    'ran out of memory',
  );
  expect(describeDeath({ code: null, signal: 'SIGSEGV', stderr: '' })).toBe(
    'the trainer ended unexpectedly (SIGSEGV)',
  );
});
