// The workshop's test runner; the browser build joins it here when `src/` exists.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['sim/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    environment: 'node',
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/hotshard/unit.json' }]],
  },
})
