// Bundles the command line, what its threads run and the library into files without runtime dependencies: it starts fast and `npm pack` needs no network.
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
      input: {
        hotshard: 'sim/cli/main.ts',
        'hotshard-thread': 'sim/cli/experiments/thread.ts',
        index: 'sim/cli/library/index.ts',
        vitest: 'sim/cli/library/vitest.ts',
      },
      // Whoever tests with it has it.
      external: ['vitest'],
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'hotshard-[name].js',
        banner: ({ name }) => (name === 'hotshard' ? '#!/usr/bin/env node' : ''),
      },
    },
  },
  ssr: { noExternal: true, target: 'node' },
})
