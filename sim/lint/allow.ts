// What the author of a scenario knows and allows: `# hotshard: allow SLUG, SLUG reason`, or `Metadata: { hotshard: { allow: [SLUG] } }`.
//
// The one idea: an allowance covers a range of the text. Behind a line or above it, the line and all that is indented below it;
// before the first line of a file, everything; in the metadata of a resource, the resource. One that covers no finding is told.
import { at, commentsOf, get, isList, textOf } from '../cfn/index.ts'
import type { Node, Template } from '../cfn/index.ts'
import type { Problems } from '../diag/problem.ts'
import { lineColumn, lineStarts, lineText, subspan } from '../diag/span.ts'
import type { Source, Span } from '../diag/span.ts'
import { nearest } from '../diag/suggest.ts'

/** One slug allowed at one place. */
interface Allowance {
  readonly slug: string
  readonly span: Span
  /** The range that it covers; null = everything. */
  readonly covers: Span | null
  isUsed: boolean
}

const DIRECTIVE = /^#+\s{0,20}hotshard:\s{0,20}([A-Za-z-]+)(\s.*)?$/
const SLUGS = /^(\s+)([A-Za-z0-9/-]+(?:\s{0,20},\s{0,20}[A-Za-z0-9/-]+)*)/

/** More allowances than this are no longer looked at, one by one, for every finding. */
const ALLOWANCES_MAX = 1_000

export class Allowances {
  private readonly list: Allowance[] = []
  private readonly known: readonly string[]
  private readonly problems: Problems

  /** `known` are the slugs that can be allowed. */
  constructor(known: readonly string[], problems: Problems) {
    this.known = known
    this.problems = problems
  }

  /** Takes the comments of a file. */
  readComments(source: Source): void {
    // Most files have none, and need not be taken apart a second time.
    if (!source.text.includes('hotshard:')) return
    const blocks = new Blocks(source)
    for (const { text, span } of commentsOf(source)) {
      const [, word, rest = ''] = DIRECTIVE.exec(text) ?? []
      if (word === undefined) continue
      if (word !== 'allow') {
        if (nearest(word, ['allow']) === undefined) continue
        const place = subspan(span, text.indexOf(word), word.length)
        const label = 'did you mean `allow`?'
        this.problems.warning('unknown-lint', `\`hotshard: ${word}\` is not known`, place, { label })
        continue
      }
      const [, gap = '', slugs = ''] = SLUGS.exec(rest) ?? []
      let offset = text.length - rest.length + gap.length
      for (const piece of slugs.split(',')) {
        const slug = piece.trim()
        const place = subspan(span, offset + piece.indexOf(slug), slug.length)
        this.add(slug, place, blocks.coveredBy(span))
        offset += piece.length + 1
      }
    }
  }

  /** Takes the metadata of the template and of every resource, as somebody wrote it: SAM keeps that of functions alone. */
  readMetadata(template: Template): void {
    this.take(template.metadata, null)
    for (const { logicalId, keySpan, span } of template.resources.values())
      this.take(get(template.writtenOf(logicalId), 'Metadata'), {
        source: span.source,
        start: keySpan.start,
        end: span.end,
      })
  }

  /** Whether a finding at this place is allowed. */
  allows(slug: string, place: Span): boolean {
    let isAllowed = false
    for (const allowance of this.list) {
      if (allowance.slug !== slug || !isWithin(place, allowance.covers)) continue
      allowance.isUsed = true
      isAllowed = true
    }
    return isAllowed
  }

  /** Tells of what allowed nothing, once everything has been looked at. */
  reportUnused(): void {
    for (const { slug, span, isUsed } of this.list)
      if (!isUsed)
        this.problems.note('unused-allow', `\`${slug}\` is allowed here and does not occur`, span, {
          help: 'take the words away: they would hide the next one',
        })
  }

  private take(metadata: Node | undefined, covers: Span | null): void {
    const node = at(metadata, 'hotshard', 'allow')
    if (node === undefined) return
    for (const item of isList(node) ? node.items : [node]) this.add(textOf(item) ?? '', item.span, covers)
  }

  private add(slug: string, span: Span, covers: Span | null): void {
    if (this.list.length === ALLOWANCES_MAX) return
    if (this.known.includes(slug)) {
      this.list.push({ slug, span, covers, isUsed: false })
      if (this.list.length < ALLOWANCES_MAX) return
      this.problems.note('unused-allow', `what is allowed from here on is not read`, span, {
        help: `a scenario has at most ${ALLOWANCES_MAX} allowances; one at the top of the file serves for all of it`,
      })
      return
    }
    const near = nearest(slug, this.known)
    this.problems.warning('unknown-lint', `\`${slug}\` is no lint that could be allowed`, span, {
      label: near === undefined ? '`hotshard explain lints` lists them' : `did you mean \`${near}\`?`,
    })
  }
}

function isWithin(place: Span, range: Span | null): boolean {
  return range === null || (place.source === range.source && place.start >= range.start && place.start < range.end)
}

/** Which lines of a text belong together by their indentation. */
class Blocks {
  private readonly source: Source
  /** By line, from 0: a number that grows with the indentation, an item of a list above a key; −1 = no content. */
  private readonly depths: Int32Array
  /** By line: the next one with content, itself included, and the first one behind all that is indented below it. */
  private readonly next: Int32Array
  private readonly end: Int32Array
  private readonly first: number

  constructor(source: Source) {
    this.source = source
    const count = lineStarts(source).length
    this.depths = new Int32Array(count)
    this.next = new Int32Array(count + 1).fill(count)
    this.end = new Int32Array(count)
    const open: number[] = []
    for (let line = count - 1; line >= 0; line--) {
      const text = lineText(source, line + 1)
      const depth = isContent(text) ? 2 * text.search(/[^\s\ufeff]/) + (/^\s*-\s/.test(text) ? 1 : 0) : -1
      this.depths[line] = depth
      this.next[line] = depth < 0 ? this.next[line + 1]! : line
      if (depth < 0) continue
      while (open.length > 0 && this.depths[open.at(-1)!]! > depth) open.pop()
      this.end[line] = open.at(-1) ?? count
      open.push(line)
    }
    this.first = this.next[0]!
  }

  /** The range that a comment speaks of; null when it stands before everything. */
  coveredBy(comment: Span): Span | null {
    const own = lineColumn(comment).line - 1
    const count = this.depths.length
    if (this.depths[own]! < 0 && own < this.first) return null
    const head = this.next[own]!
    const starts = lineStarts(this.source)
    const behind = head < count ? this.end[head]! : count
    const end = behind < count ? starts[behind]! : this.source.text.length + 1
    return { source: this.source, start: head < count ? starts[head]! : end, end }
  }
}

/** A line that is neither empty, a comment nor the mark between documents. */
function isContent(line: string): boolean {
  return /^\ufeff?\s*[^\s#\ufeff]/.test(line) && !/^\ufeff?(---|%)/.test(line)
}
