// What stands at an address: a resource by its own name, or a simulated server by its URL or the host of it.
import type { Near, ResourceView } from '../model/contract.ts'

const SERVER = 'Sim::Http::Server'

/** The resource that an address, a host name or a logical id stands for; undefined outside of the scenario. */
export function standsAt(near: Near, text: unknown): ResourceView | undefined {
  const found = near.resourceAt(text)
  if (found !== undefined || typeof text !== 'string' || text === '') return found
  return near.all(SERVER).find((view) => {
    const url = view.config['Url'] as string | undefined
    return view.logicalId === text || (url !== undefined && (url === text || hostOf(url) === text))
  })
}

/** The host of a URL, without its port. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/:?#]{1,255})/i.exec(url)?.[1] ?? url
}
