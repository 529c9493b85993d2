// The request metrics of a bucket: of all of it, and of each filter that its metrics configurations name (FilterId).
import type { MetricId } from '../../engine/recorder.ts'
import type { Config, Metric, Sim } from '../../model/contract.ts'
import type { Bucket } from './bucket-state.ts'

export type Kind = 'Get' | 'Put' | 'Delete' | 'Head' | 'Post' | 'List'

export const requestMetrics: Readonly<Record<string, Metric<Bucket>>> = {
  AllRequests: { unit: 'Count', kind: 'count', doc: 'Requests of every kind.' },
  GetRequests: { unit: 'Count', kind: 'count', doc: 'GET requests for objects.' },
  PutRequests: { unit: 'Count', kind: 'count', doc: 'PUT requests, copies and parts among them.' },
  DeleteRequests: { unit: 'Count', kind: 'count', doc: 'DELETE requests for one object.' },
  HeadRequests: { unit: 'Count', kind: 'count', doc: 'HEAD requests.' },
  PostRequests: {
    unit: 'Count',
    kind: 'count',
    doc: 'POST requests: batches of deletes, uploads begun and completed.',
  },
  ListRequests: { unit: 'Count', kind: 'count', doc: 'Pages of lists.' },
  BytesDownloaded: { unit: 'Bytes', kind: 'distribution', doc: 'Bytes of each answer with an object.' },
  BytesUploaded: { unit: 'Bytes', kind: 'distribution', doc: 'Bytes of each request with an object.' },
  '4xxErrors': { unit: 'Count', kind: 'count', doc: 'Requests refused by the client’s fault.' },
  '5xxErrors': { unit: 'Count', kind: 'count', doc: 'Requests refused otherwise, `SlowDown` among them.' },
  FirstByteLatency: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'From the whole request to the first byte of its answer.',
  },
  TotalRequestLatency: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'From the first byte of a request to the last of its answer.',
  },
}

/** One set of series: of the keys that begin with a prefix. */
interface Filtered {
  readonly prefix: string
  readonly ids: Readonly<Record<string, MetricId>>
}

export interface MetricsFilter {
  readonly Id: string
  readonly Prefix?: string
}

export class RequestMetrics {
  private readonly sim: Sim
  private readonly sets: readonly Filtered[]

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    const names = Object.keys(requestMetrics)
    const filters = (config['MetricsConfigurations'] ?? []) as readonly MetricsFilter[]
    const own = Object.fromEntries(names.map((name) => [name, sim.metric(name)]))
    for (const { Id: id, Prefix: prefix } of filters)
      if (prefix === undefined) for (const name of names) sim.metricAlias(own[name], name, { FilterId: id })
    this.sets = [
      { prefix: '', ids: own },
      ...filters.flatMap(({ Id: id, Prefix: prefix }) =>
        prefix === undefined
          ? []
          : [
              {
                prefix,
                ids: Object.fromEntries(names.map((name) => [name, sim.metricWith(name, { FilterId: id })])),
              },
            ],
      ),
    ]
  }

  /** A request with its answer's HTTP code; latencies in µs, sizes in bytes. */
  note(kind: Kind, key: string, http: number, first: number, total: number, up: number, down: number): void {
    const { sim } = this
    for (const { prefix, ids } of this.sets) {
      if (prefix !== '' && !key.startsWith(prefix)) continue
      sim.count(ids['AllRequests'], 1)
      sim.count(ids[NAMES[kind]], 1)
      if (http >= 500) sim.count(ids['5xxErrors'], 1)
      else if (http >= 400) sim.count(ids['4xxErrors'], 1)
      sim.record(ids['FirstByteLatency'], first)
      sim.record(ids['TotalRequestLatency'], total)
      if (up > 0) sim.record(ids['BytesUploaded'], up)
      if (down > 0) sim.record(ids['BytesDownloaded'], down)
    }
  }
}

const NAMES: Readonly<Record<Kind, string>> = {
  Get: 'GetRequests',
  Put: 'PutRequests',
  Delete: 'DeleteRequests',
  Head: 'HeadRequests',
  Post: 'PostRequests',
  List: 'ListRequests',
}
