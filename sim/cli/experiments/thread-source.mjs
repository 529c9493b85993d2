// What a thread of a checkout runs: learns to read TypeScript, which `tsx` teaches the main thread alone, then is `thread.ts`.
import { register } from 'tsx/esm/api'

register()
await import('./thread.ts')
