// The page without a network: keeps the files of one build (`offline.json` lists them) and hands them out when they are asked for.
// A build has its own address for this script, so that another build brings another keeper.
const OURS = `hotshard ${self.registration.scope} `
const CACHE = OURS + self.location.search

self.addEventListener('install', (event) => event.waitUntil(keep()))
self.addEventListener('activate', (event) => event.waitUntil(take()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method === 'GET' && request.url.startsWith(self.registration.scope)) event.respondWith(answer(request))
})

async function keep() {
  const list = await fetch('offline.json', { cache: 'no-cache' })
  const cache = await caches.open(CACHE)
  await cache.addAll(await list.json())
  await self.skipWaiting()
}

async function take() {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== CACHE) await caches.delete(name)
  await self.clients.claim()
}

/** The page itself comes from its host as long as that answers; what carries its content's hash in its name never changes. */
async function answer(request) {
  const cache = await caches.open(CACHE)
  if (request.mode === 'navigate') return fetch(request).catch(() => cache.match('./'))
  return (await cache.match(request)) ?? fetch(request)
}
