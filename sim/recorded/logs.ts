// Logs of web servers, load balancers, CloudFront and Lambda: a line for each request.
import { momentOf, numberOf } from './moments.ts'
import { refused, type Format, type RecordedOutcome, type Recording } from './contract.ts'
import { eachLine, wordsOf } from './rows.ts'
import { FULL, Flaws, Numbers, Table, whyUnread } from './table.ts'

/** How one format's lines become rows. */
interface LogForm {
  readonly detected: string
  readonly columns: readonly string[]
  /** The time (µs) and the cells of a line; a text says why there are none, undefined passes over the line. */
  read(line: string): { readonly at: number; readonly cells: readonly string[] } | string | undefined
}

const isTime = (word: string | undefined): boolean => word !== undefined && momentOf(word) !== undefined

/** `GET /path HTTP/1.1` as method, path and protocol. */
function requestLine(text: string): [method: string, path: string] {
  const [method = '', path = ''] = text.split(' ', 2)
  return path === '' ? ['', method] : [method, path]
}

const dash = (text: string | undefined): string => (text === undefined || text === '-' ? '' : text)

/** `client identity user [time] "request" status bytes "referer" "agent"`. */
const ACCESS: LogForm = {
  detected: 'a web server’s access log',
  columns: ['client', 'user', 'method', 'path', 'status', 'bytes', 'referer', 'agent'],
  read(line) {
    const words = wordsOf(line)
    const at = momentOf(words[3] ?? '')
    if (at === undefined || words.length < 6) return 'no line of an access log'
    const [client, , user, , request, status, bytes, referer, agent] = words
    if (!/^(?:\d{3}|-)$/.test(status!)) return `\`${status}\` is no status`
    return {
      at,
      cells: [
        client!,
        dash(user),
        ...requestLine(request!),
        dash(status),
        bytes === '-' ? '0' : (bytes ?? ''),
        dash(referer),
        dash(agent),
      ],
    }
  },
}

/** Application and classic load balancers; the classic one's lines begin with the time, the other's with the kind of request. */
const ELB: LogForm = {
  detected: 'an access log of a load balancer',
  columns: [
    'client',
    'target',
    'method',
    'path',
    'status',
    'target_status',
    'received_bytes',
    'bytes',
    'target_processing_time',
    'duration',
  ],
  read(line) {
    const words = wordsOf(line)
    const from = isTime(words[0]) ? 0 : 1
    const at = momentOf(words[from] ?? '')
    const [client, target, ask, serve, answer, status, targetStatus, received, sent, request] = words.slice(from + 2)
    const times = [ask, serve, answer].map((word) => numberOf(word ?? ''))
    if (at === undefined || request === undefined || times.includes(undefined))
      return 'no line of a load balancer’s log'
    // −1 says that the request never came so far.
    const took = times.reduce<number>((sum, time) => sum + Math.max(0, time!), 0)
    const [method, url] = requestLine(request)
    const path = /^\w+:\/\/[^/]*(\/.*)?$/.exec(url)?.[1] ?? url
    return {
      // The classic one notes when a request came, the other when its answer went.
      at: from === 0 ? at : at - Math.round(took * 1e6),
      cells: [
        client!,
        dash(target),
        method,
        path,
        dash(status),
        dash(targetStatus),
        received!,
        sent!,
        times[1]! < 0 ? '' : serve!,
        String(Math.round(took * 1e6) / 1e6),
      ],
    }
  },
}

const REPORT =
  /REPORT RequestId: ([\w-]{1,64})\s{1,8}Duration: ([\d.]+) ms\s{1,8}Billed Duration: ([\d.]+) ms\s{1,8}Memory Size: (\d+) MB\s{1,8}Max Memory Used: (\d+) MB/
const INIT = /\sInit Duration: ([\d.]+) ms/
const LEADING_TIME = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d)?)\s/

/** The REPORT lines of a function's log. Their time is the invocation's end. Without any time rows follow each other unplaced. */
const LAMBDA: LogForm = {
  detected: 'the REPORT lines of a Lambda function’s log',
  columns: ['request', 'duration_ms', 'billed_ms', 'memory_mb', 'used_mb', 'init_ms'],
  read(line) {
    const report = REPORT.exec(line)
    if (report === null) return line.includes('REPORT RequestId:') ? 'a REPORT that is cut' : undefined
    const init = INIT.exec(line)?.[1] ?? ''
    const end = momentOf(LEADING_TIME.exec(line)?.[1] ?? '')
    const took = Math.round((Number(report[2]) + Number(init)) * 1000)
    return { at: end === undefined ? Number.NaN : end - took, cells: [...report.slice(1, 6), init] }
  },
}

/** The fields that a W3C extended log names in a line of its own. CloudFront's are among them. */
function w3c(text: string): LogForm {
  const fields = /^#Fields:\s*(.*)$/m.exec(text.slice(0, 20_000))?.[1]?.trim().split(/\s+/) ?? []
  const [date, time] = [fields.indexOf('date'), fields.indexOf('time')]
  const NAMES: Readonly<Record<string, string>> = {
    'cs-method': 'method',
    'cs-uri-stem': 'path',
    'sc-status': 'status',
    'sc-bytes': 'bytes',
    'time-taken': 'duration',
    'c-ip': 'client',
  }
  // CloudFront notes when it has answered, and how many seconds that took.
  const taken = fields.indexOf('time-taken')
  const isCloudFront = taken >= 0 && fields.includes('x-edge-location')
  return {
    detected: isCloudFront ? 'a log of CloudFront' : 'a log with a `#Fields` line',
    columns: fields.map((field) => (Object.hasOwn(NAMES, field) ? NAMES[field]! : field)),
    read(line) {
      if (line.startsWith('#')) return undefined
      const cells = line.includes('\t') ? line.split('\t') : line.split(' ')
      const at = date < 0 || time < 0 ? undefined : momentOf(`${cells[date]} ${cells[time]}`)
      if (at === undefined || cells.length < fields.length) return 'no line of these fields'
      const took = isCloudFront ? (numberOf(cells[taken] ?? '') ?? 0) : 0
      return { at: at - Math.round(took * 1e6), cells: cells.map((cell) => dash(cell)) }
    },
  }
}

/** The log format of a text, by its first lines; undefined when it is none. */
export function logFormatOf(text: string): Format | undefined {
  let found: Format | undefined
  let seen = 0
  eachLine(text, (line) => {
    if (line.startsWith('#Fields:')) found = 'w3c'
    else if (line.includes('REPORT RequestId:')) found = 'lambda-log'
    else if (!line.startsWith('#') && typeof ACCESS.read(line) === 'object') found = 'access-log'
    else if (!line.startsWith('#') && typeof ELB.read(line) === 'object') found = 'elb'
    return found === undefined && ++seen < 200
  })
  return found
}

export function readLog(text: string, format: Format): RecordedOutcome<Recording> {
  const form = format === 'w3c' ? w3c(text) : format === 'elb' ? ELB : format === 'lambda-log' ? LAMBDA : ACCESS
  const table = new Table(form.columns)
  const times = new Numbers()
  const flaws = new Flaws()
  let isFull = false
  const whole = eachLine(text, (line, number) => {
    const row = form.read(line)
    if (typeof row === 'string') flaws.add(number, row)
    if (typeof row !== 'object') return true
    if (!table.add(row.cells)) return !(isFull = true)
    times.push(row.at)
    return true
  })
  if (isFull || !whole) return refused('too-many-values', isFull ? FULL : 'more than 4000000 lines')
  const why = whyUnread(flaws, table.rows)
  if (why !== undefined) return why
  const at = times.toArray()
  const hasTimes = at.every((time) => !Number.isNaN(time))
  return {
    ok: true,
    value: {
      format,
      detected: form.detected,
      malformed: flaws,
      content: {
        kind: 'requests',
        rows: table.rows,
        ...(hasTimes ? { at } : {}),
        absolute: true,
        columns: table.columns,
      },
    },
  }
}
