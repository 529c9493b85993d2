// What the page may load and run: its own files, nothing inline, nothing from elsewhere.

/** The Content-Security-Policy of the page, as `hotshard start` sends it and as the built page carries it itself. */
export const CSP = [
  "default-src 'self'",
  // In a frame without an origin the simulator is started by a line of our own (src/bridge/start.ts).
  "worker-src 'self' blob:",
  // Small pictures and the stage's saved image are made on the spot.
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')
