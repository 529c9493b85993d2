// Bundles the command line into one file without runtime dependencies: it starts fast and `npm pack` needs no network.
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  publicDir: false,
  build: {
    ssr: 'sim/cli/main.ts',
    outDir: 'dist',
    target: 'node20',
    minify: false,
    rollupOptions: { output: { entryFileNames: 'hotshard.js', banner: '#!/usr/bin/env node' } },
  },
  ssr: { noExternal: true, target: 'node' },
})
