// Amazon CloudFront in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

const table = 'the quota table of the fact sheet'

export const quotas: Readonly<Record<string, Quota>> = {
  RequestsPerSecond: {
    current: 250_000,
    unit: '1/s',
    doc: 'Requests that a distribution takes.',
    adjustable: true,
    source: 'CF-R45',
  },
  Distributions: {
    current: 200,
    unit: 'distributions',
    doc: 'Distributions of an account.',
    adjustable: true,
    source: table,
  },
  Origins: { current: 25, unit: 'origins', doc: 'Origins of a distribution.', adjustable: true, source: table },
  CacheBehaviors: {
    current: 25,
    unit: 'behaviours',
    doc: 'Behaviours of a distribution.',
    adjustable: true,
    source: table,
  },
  Aliases: { current: 100, unit: 'names', doc: 'Domain names of a distribution.', adjustable: true, source: table },
  OriginGroups: {
    current: 10,
    unit: 'groups',
    doc: 'Origin groups of a distribution.',
    adjustable: true,
    source: table,
  },
  NamesPerPolicy: {
    current: 10,
    unit: 'names',
    doc: 'Headers, cookies and parameters of a policy, each.',
    adjustable: true,
    source: table,
  },
  KeyGroupsPerBehavior: { current: 4, unit: 'groups', doc: 'Key groups of a behaviour.', source: table },
  KeysPerGroup: { current: 5, unit: 'keys', doc: 'Public keys of a key group.', source: table },
  ErrorCachingMinTTL: { current: 10, unit: 's', doc: 'How long an error is kept.', source: 'CF-R40' },
  ConnectionTimeout: { current: 10, unit: 's', doc: 'How long a connection to an origin may take.', source: 'CF-R50' },
  ConnectionAttempts: { current: 3, unit: 'attempts', doc: 'How often a connection is tried.', source: 'CF-R50' },
  OriginReadTimeout: { current: 30, unit: 's', doc: 'How long an origin may take to answer.', source: 'CF-R50' },
  OriginReadTimeoutMax: {
    current: 120,
    notes2020: 60,
    unit: 's',
    doc: 'The longest time that an origin may be given to answer.',
    adjustable: true,
    source: 'CF-R50',
  },
  ObjectSize: {
    current: 50_000_000_000,
    unit: 'bytes',
    doc: 'The largest object that is kept.',
    source: table,
  },
  InvalidationFiles: {
    current: 3_000,
    unit: 'paths',
    doc: 'Paths without a wildcard in invalidations under way.',
    source: 'CF-R61',
  },
  InvalidationWildcards: {
    current: 15,
    unit: 'paths',
    doc: 'Paths with a wildcard in invalidations under way.',
    source: 'CF-R61',
  },
  ViewerFunctionTimeout: {
    current: 5,
    unit: 's',
    doc: 'How long a function at a viewer event may run.',
    source: 'CF-R81',
  },
  OriginFunctionTimeout: { current: 30, unit: 's', doc: 'The same at an origin event.', source: 'CF-R81' },
  ViewerFunctionMemory: {
    current: 128,
    unit: 'MB',
    doc: 'The most memory of a function at a viewer event.',
    source: 'CF-R81',
  },
  ViewerResponseSize: {
    current: 40_960,
    unit: 'bytes',
    doc: 'The largest answer that a function at a viewer event may make.',
    source: 'CF-R81',
  },
  OriginResponseSize: { current: 1_048_576, unit: 'bytes', doc: 'The same at an origin event.', source: 'CF-R81' },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  EdgeLocations: {
    kind: 'number',
    default: '3',
    doc: 'Among how many edge locations viewers are spread evenly of whom a request does not say where they are (`Edge`).',
    source: 'CF-R1',
  },
  CachedObjects: {
    kind: 'number',
    default: '200000',
    doc: 'How many objects an edge location or a regional cache keeps; the one that was asked for longest ago makes room.',
    source: 'CF-R27',
  },
  CacheSize: {
    kind: 'size',
    default: '1000GB',
    doc: 'How many bytes an edge location or a regional cache keeps for the distribution.',
    source: 'CF-R27',
  },
  ViewerRoundTrip: {
    kind: 'duration',
    default: '10ms',
    doc: 'From a viewer to the edge location and back.',
    source: 'CF-R5',
  },
  RegionalRoundTrip: {
    kind: 'duration',
    default: '30ms',
    doc: 'From an edge location to its regional edge cache and back; the same from there to an origin shield.',
    source: 'CF-R5',
  },
  OriginRoundTrip: {
    kind: 'duration',
    default: '80ms',
    doc: 'From the last cache to the origin and back, without the time that the origin takes.',
    source: 'CF-R5',
  },
  OutsideOrigin: {
    kind: 'duration',
    default: 'lognormal(p50=50ms, p99=400ms)',
    doc: 'How long an origin outside of the scenario takes.',
    source: 'not documented; of the order of web servers',
  },
  InvalidationTime: {
    kind: 'duration',
    default: 'lognormal(p50=60s, p99=180s)',
    doc: 'How long it takes until an edge location has dropped what is invalidated; 5 min at most.',
    source: 'CF-R62',
  },
  DeploymentTime: {
    kind: 'duration',
    default: '5m',
    doc: 'How long it takes until a change of the distribution is in force everywhere.',
    source: 'CF-R64',
  },
  CompressedShare: {
    kind: 'probability',
    default: '0.3',
    doc: 'What is left of a text when it is compressed.',
    source: 'not documented; usual for HTML, CSS and JavaScript',
  },
}
