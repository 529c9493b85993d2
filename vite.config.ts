// The browser's build (`vite build`: src to dist/app, static files for any host and any sub-folder) and the test runner.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { CSP } from './sim/cli/csp.ts'

const here = import.meta.dirname

export default defineConfig({
  root: 'src',
  base: './',
  publicDir: '../public',
  plugins: [
    react(),
    {
      // In the page itself, because a static host sends no headers; the development server needs inline scripts.
      name: 'content-security-policy',
      apply: 'build',
      transformIndexHtml: () => [
        { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: CSP }, injectTo: 'head-prepend' },
      ],
    },
    {
      // What the page needs without a network, for `public/offline.js`.
      name: 'offline',
      apply: 'build',
      generateBundle(_, bundle) {
        const files = Object.keys(bundle).filter((name) => /^assets\/.*\.(?:js|css|woff2)$/.test(name))
        this.emitFile({
          type: 'asset',
          fileName: 'offline.json',
          source: JSON.stringify(['./', 'icon.svg', ...files.sort()]),
        })
      },
    },
  ],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/app',
    emptyOutDir: true,
    target: 'es2023',
    // The worker is the whole simulator: sizes are held to their limits by test/browser.
    chunkSizeWarningLimit: 1200,
    // The page takes a few functions of the core, which lives in the worker: nothing of `sim` does anything by being imported.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !id.startsWith(`${here}/sim/`) } },
  },
  test: {
    root: here,
    include: ['sim/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/cluster/**'],
    setupFiles: ['test/setup.ts'],
    environment: 'node',
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/hotshard/unit.json' }]],
  },
})
