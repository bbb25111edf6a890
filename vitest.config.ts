import { defineConfig } from 'vitest/config';
import { webGpuEnvironment } from './test/support/swiftshader.ts';

const webGpuTests = 'test/**/*.webgpu.test.ts';
const endToEndTests = 'test/e2e/**/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The runtime uses both cores by itself; parallel test files only fight over them.
    fileParallelism: false,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'core', include: ['test/**/*.test.ts'], exclude: [webGpuTests, endToEndTests] },
      },
      {
        extends: true,
        test: { name: 'webgpu', include: [webGpuTests], env: await webGpuEnvironment() },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: [endToEndTests],
          testTimeout: 300_000,
          globalSetup: './test/support/build-window.ts',
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
