import { defineConfig } from 'vitest/config';
import { webGpuEnvironment } from './test/support/swiftshader.ts';

const webGpuTests = 'test/**/*.webgpu.test.ts';

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
        test: { name: 'core', include: ['test/**/*.test.ts'], exclude: [webGpuTests] },
      },
      {
        extends: true,
        test: { name: 'webgpu', include: [webGpuTests], env: await webGpuEnvironment() },
      },
    ],
  },
});
