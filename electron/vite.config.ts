/** The main process and the preload script, each as one file: a sandboxed preload script can load no other. */
import { defineConfig, type EnvironmentOptions } from 'vite';

const bundle = (entry: string, fileName: string, format: 'es' | 'cjs'): EnvironmentOptions => ({
  consumer: 'server',
  resolve: { noExternal: true, external: ['electron'] },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node22',
    minify: false,
    rolldownOptions: {
      input: entry,
      external: ['electron'],
      output: { format, entryFileNames: fileName },
    },
  },
});

export default defineConfig({
  root: import.meta.dirname,
  environments: {
    main: bundle('main/main.ts', 'main.js', 'es'),
    preload: bundle('preload/preload.ts', 'preload.cjs', 'cjs'),
  },
  builder: {
    async buildApp(builder) {
      await builder.build(builder.environments['preload']!);
      await builder.build(builder.environments['main']!);
    },
  },
});
