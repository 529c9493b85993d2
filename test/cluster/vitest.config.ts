// Runs the tests of sweeps on several processes against a real Redis; they take longer than unit tests may.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/cluster/*.test.ts'],
    globalSetup: ['test/cluster/build.ts'],
    // Seconds on a machine of one's own; a test that goes wrong says for what it waited.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // Side by side: what one waits for, a dead worker's silence above all, costs the other nothing.
    maxWorkers: 2,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/hotshard/cluster.json' }]],
  },
})
