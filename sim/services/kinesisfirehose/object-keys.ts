// The keys of the objects that a stream writes: prefix, calendar, name (FH-13).
import { dateOf, dayOf, HOUR, isoText, MINUTE, SECOND } from '../../parts/calendar.ts'

/** What the expressions of a prefix are filled in from. */
export interface Occasion {
  /** When the first record of the object came, in µs since 1970. */
  readonly moment: number
  readonly stream: string
  readonly serial: number
  /** Why it is in the error output; empty = it is not. */
  readonly errorType: string
  readonly keys: Readonly<Record<string, string>> | null
}

const EXPRESSION = /!\{([^}:]{1,50}):([^}]{0,200})\}/g

/** The key of an object. A prefix without a time of its own is followed by `YYYY/MM/dd/HH/` of UTC. */
export function objectKey(prefix: string, errorPrefix: string, extension: string, occasion: Occasion): string {
  const { moment, stream, serial, errorType } = occasion
  const isError = errorType !== ''
  const written = isError ? errorPrefix : prefix
  const named = isError && !written.includes('!{firehose:error-output-type}') ? `${written}${errorType}/` : written
  const dated = /!\{timestamp:/.test(named) ? named : `${named}!{timestamp:yyyy/MM/dd/HH/}`
  const time = isoText(moment).slice(0, 19).replace(/[T:]/g, '-')
  return `${filled(dated, occasion)}${stream}-1-${time}-${uuidOf(serial)}${isError ? '' : extension}`
}

function filled(prefix: string, { moment, serial, errorType, keys }: Occasion): string {
  return prefix.replace(EXPRESSION, (whole, namespace: string, what: string) => {
    switch (namespace) {
      case 'timestamp':
        return formatted(what, moment)
      case 'firehose':
        return what === 'error-output-type' ? errorType : what === 'random-string' ? uuidOf(serial).slice(-11) : whole
      case 'partitionKeyFromQuery':
      case 'partitionKeyFromLambda':
        return keys !== null && Object.hasOwn(keys, what) ? keys[what] : ''
      default:
        return whole
    }
  })
}

/** A pattern of Java's DateTimeFormatter with the fields that prefixes use; text in quotes stands for itself. */
function formatted(pattern: string, moment: number): string {
  const days = dayOf(moment)
  const { year, month, day } = dateOf(days)
  const rest = moment - days * 24 * HOUR
  const values: Readonly<Record<string, number>> = {
    y: year,
    Y: year,
    M: month,
    d: day,
    H: Math.floor(rest / HOUR),
    m: Math.floor(rest / MINUTE) % 60,
    s: Math.floor(rest / SECOND) % 60,
  }
  return pattern.replace(/'([^']*)'|([A-Za-z])\2*/g, (run, text: string | undefined, letter: string | undefined) => {
    if (text !== undefined || letter === undefined) return text ?? run
    return Object.hasOwn(values, letter) ? String(values[letter]).padStart(run.length, '0') : run
  })
}

/** A name that no other object of the stream has, in the form of a UUID. */
function uuidOf(serial: number): string {
  const hex = serial.toString(16).padStart(12, '0')
  return `00000000-0000-4000-8000-${hex}`
}
