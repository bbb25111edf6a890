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
