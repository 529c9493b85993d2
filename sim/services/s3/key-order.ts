// Keys in ascending order, in pieces of a few hundred: a key is found, put in and taken out without moving the others.
//
// AWS: keys are ordered by the bytes of their UTF-8; here by UTF-16 units, which differs only beyond U+FFFF.

const PIECE_MAX = 512

export class KeyOrder {
  private readonly pieces: string[][] = []

  constructor(keys: readonly string[]) {
    const sorted = [...keys].sort()
    for (let at = 0; at < sorted.length; at += PIECE_MAX / 2) this.pieces.push(sorted.slice(at, at + PIECE_MAX / 2))
    if (this.pieces.length === 0) this.pieces.push([])
  }

  /** Puts a key in that is not there. */
  insert(key: string): void {
    const at = this.pieceOf(key)
    const piece = this.pieces[at]
    piece.splice(placeIn(piece, key), 0, key)
    if (piece.length > PIECE_MAX) this.pieces.splice(at + 1, 0, piece.splice(PIECE_MAX / 2))
  }

  /** Takes a key out that is there. */
  remove(key: string): void {
    const at = this.pieceOf(key)
    const piece = this.pieces[at]
    piece.splice(placeIn(piece, key), 1)
    if (piece.length === 0 && this.pieces.length > 1) this.pieces.splice(at, 1)
  }

  /** Up to `most` keys from `from` on (itself included), as long as they are below `to`. */
  slice(from: string, to: string | undefined, most: number): string[] {
    const found: string[] = []
    let piece = this.pieceOf(from)
    let at = placeIn(this.pieces[piece], from)
    for (; found.length < most && piece < this.pieces.length; piece++, at = 0) {
      const keys = this.pieces[piece]
      for (; at < keys.length && found.length < most; at++) {
        if (to !== undefined && keys[at] >= to) return found
        found.push(keys[at])
      }
    }
    return found
  }

  /** The piece that a key lies in or belongs into: the last that does not begin behind it. */
  private pieceOf(key: string): number {
    let low = 0
    let high = this.pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.pieces[middle][0] <= key) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** How many keys of a piece are below a key. */
function placeIn(piece: readonly string[], key: string): number {
  let low = 0
  let high = piece.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (piece[middle] < key) low = middle + 1
    else high = middle
  }
  return low
}
