// Starts the simulator's worker.
// oxlint-disable-next-line import/default -- the bundler makes it: the address of the built worker
import address from './worker.ts?worker&url'

/**
 * A worker under a name. A page in a sandboxed frame has no origin, and may start no file as a worker; a worker of a few words
 * may then import that file, where its host lets others read it (`Access-Control-Allow-Origin: *`).
 */
export function startWorker(name: string): Worker {
  if (self.origin !== 'null') return new Worker(address, { type: 'module', name })
  const words = new Blob([importing(new URL(address, location.href).href)], { type: 'text/javascript' })
  return new Worker(URL.createObjectURL(words), { name })
}

/** A classic script, because Chromium starts no module there. What is asked before the simulator is here waits for it. */
const importing = (url: string): string => `
const early = []
onmessage = (event) => early.push(event)
import(${JSON.stringify(url)}).then(
  () => early.forEach((event) => onmessage(event)),
  (error) => setTimeout(() => { throw error }),
)`
