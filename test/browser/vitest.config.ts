// Runs the page's tests in a real Chromium; `npm run browser` builds the page before.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/browser/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that draws in software can be too slow for a moment; a fault of the page fails twice.
    retry: 1,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/hotshard/browser.json' }]],
  },
})
