// Runs the tests of sweeps on several processes against a real Redis; they take longer than unit tests may.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/cluster/*.test.ts'],
    globalSetup: ['test/cluster/build.ts'],
    // They kill and restart what others would be using, and most of them wait.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/hotshard/cluster.json' }]],
  },
})
