// Paging at the client, as the command line and the SDKs' paginators do it: several requests that look like one.
//
// The one idea: pages are asked for until there is no more or enough; what is left of the page that was enough is dropped, and the
// token says on which page to begin again and how much of it was given before (botocore's `boto_truncate_amount`).
import type { Pages } from '../model/contract.ts'
import { parseJson } from './json-text.ts'

/** The member of a step's parameters that asks for it, as boto3's paginators call it. */
export const PAGINATION = 'PaginationConfig'

type Body = Readonly<Record<string, unknown>>

/** A request under way that takes several. */
export interface Paging {
  /** The page's request as it is sent. */
  body: Body
  readonly pages: Pages
  readonly most: number
  /** Items of the first page that were given before. */
  skip: number
  readonly items: unknown[]
  scanned: number
  /** Where to go on, once enough was read. */
  token: string | undefined
}

/** The first page of a request with `PaginationConfig: { PageSize, MaxItems, StartingToken }`. */
export function firstPage(given: Body, pages: Pages): Paging {
  const { [PAGINATION]: config, ...body } = given
  const { PageSize: size, MaxItems: most, StartingToken: token } = (config ?? {}) as Body
  const from = tokenOf(token)
  const first = {
    ...body,
    ...(typeof size === 'number' ? { [pages.limit]: size } : {}),
    ...(from.start === undefined ? {} : { [pages.start]: from.start }),
  }
  const enough = typeof most === 'number' && most > 0 ? most : Infinity
  return { body: first, pages, most: enough, skip: from.skip, items: [], scanned: 0, token: undefined }
}

/** Takes a page in; whether another one is to be asked for, with `body`. */
export function turnPage(paging: Paging, answer: unknown): boolean {
  const { pages, items, most } = paging
  const page = (answer ?? {}) as Body
  const all = Array.isArray(page[pages.items]) ? (page[pages.items] as unknown[]) : []
  const found = all.slice(paging.skip)
  if (typeof page['ScannedCount'] === 'number') paging.scanned += page['ScannedCount']
  const fits = most - items.length
  if (found.length > fits) {
    items.push(...found.slice(0, fits))
    paging.token = JSON.stringify({ start: paging.body[pages.start], skip: paging.skip + fits })
    return false
  }
  items.push(...found)
  paging.skip = 0
  const next = page[pages.next]
  if (next === undefined || next === null) return false
  paging.body = { ...paging.body, [pages.start]: next }
  if (items.length < most) return true
  paging.token = JSON.stringify({ start: next, skip: 0 })
  return false
}

/** What the pages are together, with a `NextToken` where there is more. */
export function wholeAnswer({ pages, items, scanned, token }: Paging): Body {
  return {
    [pages.items]: items,
    Count: items.length,
    ScannedCount: scanned,
    ...(token === undefined ? {} : { NextToken: token }),
  }
}

/** A token of ours; anything else begins at the beginning. */
function tokenOf(text: unknown): { readonly start: unknown; readonly skip: number } {
  const token = typeof text === 'string' && text.length <= 10_000 ? mapIn(text) : undefined
  const skip = token?.['skip']
  return { start: token?.['start'], skip: typeof skip === 'number' && skip > 0 ? Math.floor(skip) : 0 }
}

function mapIn(text: string): Body | undefined {
  const read = parseJson(text)
  return typeof read === 'object' && read !== null ? (read as Body) : undefined
}
