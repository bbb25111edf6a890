import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window, built into one folder that every host serves as it is; nothing in it comes from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The oldest Chromium that knows light-dark().
    cssTarget: 'chrome123',
    // A data: URL would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // It is read from this machine's disk, not over a network.
    chunkSizeWarningLimit: 2000,
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
});
