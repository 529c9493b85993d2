// Bundles the command line, and what its threads run, into files without runtime dependencies: it starts fast and `npm pack` needs no network.
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist',
    target: 'node20',
    minify: false,
    rollupOptions: {
      input: { hotshard: 'sim/cli/main.ts', 'hotshard-thread': 'sim/cli/experiments/thread.ts' },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'hotshard-[name].js',
        banner: ({ name }) => (name === 'hotshard' ? '#!/usr/bin/env node' : ''),
      },
    },
  },
  ssr: { noExternal: true, target: 'node' },
})
