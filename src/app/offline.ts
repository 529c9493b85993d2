// After the first visit the page needs no network: a service worker (`public/offline.js`) keeps its files.

/** Real ms after which the files are fetched to be kept: until then the page is busy with its first picture. */
const LATER = 4000

/** Starts the keeper where browsers allow one: not from a file, not in a frame without an origin, not while developing. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || self.origin === 'null' || !window.isSecureContext || !('serviceWorker' in navigator))
    return
  const keeper = new URL('offline.js', document.baseURI)
  // The name of this script holds the build's hash.
  keeper.search = import.meta.url.slice(import.meta.url.lastIndexOf('/') + 1)
  // Whoever forbids it, by a setting or a private window, needs the network as before.
  setTimeout(() => void navigator.serviceWorker.register(keeper).catch(() => undefined), LATER)
}
