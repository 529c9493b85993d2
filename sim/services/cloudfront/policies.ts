// What tells two objects of one path apart, and how long they are kept: cache policies, the managed ones, and the older way without.
import type { Config } from '../../model/contract.ts'
import type { Times } from './freshness.ts'

const SECOND = 1_000_000

/** Which of a request's headers, cookies or parameters are meant. Headers in small letters. */
export interface Choice {
  readonly kind: 'none' | 'all' | 'only' | 'except'
  readonly names: readonly string[]
}

export const NO_ONE: Choice = Object.freeze({ kind: 'none', names: Object.freeze([]) as readonly string[] })
export const EVERY_ONE: Choice = Object.freeze({ kind: 'all', names: Object.freeze([]) as readonly string[] })

export interface Chosen {
  readonly headers: Choice
  readonly cookies: Choice
  readonly query: Choice
}

export interface CachePlan extends Chosen {
  readonly times: Times
  readonly gzip: boolean
  readonly brotli: boolean
}

const timesOf = (min: number, usual: number, max: number): Times => ({
  min: Math.round(min * SECOND),
  usual: Math.round(usual * SECOND),
  max: Math.round(max * SECOND),
})

const DAY = 86_400
const YEAR = 31_536_000

/** Managed cache policies by their ids (CF-R24). */
export const MANAGED_CACHE_POLICIES: Readonly<Record<string, CachePlan>> = {
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': plan(timesOf(1, DAY, YEAR), {}, true),
  // CachingOptimizedForUncompressedObjects
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': plan(timesOf(1, DAY, YEAR), {}, false),
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': plan(timesOf(0, 0, 0), {}, false),
  // Amplify
  '2e54312d-136d-493c-8eb9-b001f22f67d2': plan(
    timesOf(2, 2, 600),
    {
      cookies: EVERY_ONE,
      query: EVERY_ONE,
      headers: { kind: 'only', names: ['authorization', 'cloudfront-viewer-country', 'host'] },
    },
    true,
  ),
  // Elemental-MediaPackage
  '08627262-05a9-4f76-9ded-b50ca2e3a84f': plan(
    timesOf(0, DAY, YEAR),
    {
      headers: { kind: 'only', names: ['origin'] },
      query: { kind: 'only', names: ['aws.manifestfilter', 'start', 'end', 'm'] },
    },
    true,
  ),
  // UseOriginCacheControlHeaders
  '83da9c7e-98b4-4e11-a168-04f0df8e2c65': plan(
    timesOf(0, 0, YEAR),
    {
      cookies: EVERY_ONE,
      headers: {
        kind: 'only',
        names: ['host', 'origin', 'x-http-method', 'x-http-method-override', 'x-method-override'],
      },
    },
    true,
  ),
  // UseOriginCacheControlHeaders-QueryStrings
  '4cc15a8a-d715-48a4-82b8-cc0b614638fe': plan(
    timesOf(0, 0, YEAR),
    {
      cookies: EVERY_ONE,
      query: EVERY_ONE,
      headers: {
        kind: 'only',
        names: ['host', 'origin', 'x-http-method', 'x-http-method-override', 'x-method-override'],
      },
    },
    true,
  ),
}

/** Managed origin request policies by their ids. */
export const MANAGED_REQUEST_POLICIES: Readonly<Record<string, Chosen>> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: EVERY_ONE, cookies: EVERY_ONE, query: EVERY_ONE },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
    headers: { kind: 'except', names: ['host'] },
    cookies: EVERY_ONE,
    query: EVERY_ONE,
  },
  // AllViewerAndCloudFrontHeaders-2022-06
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': { headers: EVERY_ONE, cookies: EVERY_ONE, query: EVERY_ONE },
  // CORS-CustomOrigin
  '59781a5b-3903-41f3-afcb-af62929ccde1': {
    headers: { kind: 'only', names: ['origin'] },
    cookies: NO_ONE,
    query: NO_ONE,
  },
  // CORS-S3Origin
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    headers: { kind: 'only', names: ['origin', 'access-control-request-headers', 'access-control-request-method'] },
    cookies: NO_ONE,
    query: NO_ONE,
  },
  // UserAgentRefererHeaders
  'acba4595-bd28-49b8-b9fe-13317c0390fa': {
    headers: { kind: 'only', names: ['user-agent', 'referer'] },
    cookies: NO_ONE,
    query: NO_ONE,
  },
}

function plan(times: Times, chosen: Partial<Chosen>, compressed: boolean): CachePlan {
  return { times, gzip: compressed, brotli: compressed, headers: NO_ONE, cookies: NO_ONE, query: NO_ONE, ...chosen }
}

/** A choice as policies write it: a word and a list of names. */
function choiceOf(word: unknown, names: unknown, isHeaders: boolean): Choice {
  const list = ((names as readonly string[] | undefined) ?? []).map((name) => (isHeaders ? name.toLowerCase() : name))
  switch (word) {
    case 'all':
    case 'allViewer':
    case 'allViewerAndWhitelistCloudFront':
      return EVERY_ONE
    case 'whitelist':
      return { kind: 'only', names: [...list].sort() }
    case 'allExcept':
      return { kind: 'except', names: list }
    default:
      return NO_ONE
  }
}

const chosenOf = (config: Config): Chosen => ({
  headers: choiceOf(config['HeadersConfig'].HeaderBehavior, config['HeadersConfig'].Headers, true),
  cookies: choiceOf(config['CookiesConfig'].CookieBehavior, config['CookiesConfig'].Cookies, false),
  query: choiceOf(config['QueryStringsConfig'].QueryStringBehavior, config['QueryStringsConfig'].QueryStrings, false),
})

/** A cache policy of the template (CF-R11). */
export function cachePolicyOf(config: Config): CachePlan {
  const policy = config['CachePolicyConfig'] as Config
  const key = policy['ParametersInCacheKeyAndForwardedToOrigin'] as Config
  return {
    times: timesOf(policy['MinTTL'], policy['DefaultTTL'], policy['MaxTTL']),
    gzip: key['EnableAcceptEncodingGzip'] === true,
    brotli: key['EnableAcceptEncodingBrotli'] === true,
    ...chosenOf(key),
  }
}

/** An origin request policy of the template (CF-R12). */
export function requestPolicyOf(config: Config): Chosen {
  return chosenOf(config['OriginRequestPolicyConfig'] as Config)
}

/** What a behaviour without a cache policy says by itself (CF-R13, CF-R24): what is kept by, and what is forwarded. */
export function legacyPlanOf(behavior: Config): { readonly cache: CachePlan; readonly forwards: Chosen } {
  const values = (behavior['ForwardedValues'] ?? {}) as Config
  const headers = ((values['Headers'] ?? []) as readonly string[]).map((name) => name.toLowerCase())
  const all = headers.includes('*')
  const forwarded = values['QueryString'] === true ? EVERY_ONE : NO_ONE
  const keys = values['QueryStringCacheKeys'] as readonly string[] | undefined
  const chosen: Chosen = {
    headers: all ? EVERY_ONE : headers.length > 0 ? { kind: 'only', names: [...headers].sort() } : NO_ONE,
    cookies: choiceOf(values['Cookies']?.Forward, values['Cookies']?.WhitelistedNames, false),
    query: forwarded === EVERY_ONE && keys !== undefined ? { kind: 'only', names: keys } : forwarded,
  }
  const { MinTTL: min = 0, DefaultTTL: usual = DAY, MaxTTL: max = YEAR } = behavior
  // All headers forwarded: nothing is the same for two viewers, so nothing is kept.
  const times = all ? timesOf(0, 0, 0) : timesOf(min, Math.max(min, usual), Math.max(min, max))
  return { cache: { times, gzip: true, brotli: false, ...chosen }, forwards: { ...chosen, query: forwarded } }
}

/** Whether a name is chosen. */
export function isChosen({ kind, names }: Choice, name: string): boolean {
  if (kind === 'none') return false
  return kind === 'all' || names.includes(name) === (kind === 'only')
}

/** What two choices take together. */
export function joined(a: Choice, b: Choice): Choice {
  if (a.kind === 'none' || b.kind === 'all') return b
  if (b.kind === 'none' || a.kind === 'all') return a
  if (a.kind === 'only' && b.kind === 'only') return { kind: 'only', names: [...new Set([...a.names, ...b.names])] }
  const [one, other] = a.kind === 'except' ? [a, b] : [b, a]
  return { kind: 'except', names: one.names.filter((name) => !isChosen(other, name)) }
}
