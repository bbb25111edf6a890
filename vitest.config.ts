import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The runtime uses both cores by itself; parallel test files only fight over them.
    fileParallelism: false,
    pool: 'forks',
  },
});
