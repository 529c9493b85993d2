// Requests signed in their address: anybody who has it may make them, for as long as it says (S3-R53).
import { isoText, parseMoment, SECOND } from '../../parts/calendar.ts'
import { PRESIGNED_MAX_S } from './bucket.facts.ts'

/** Whether an address no longer holds at a moment (µs since 1970); one whose parameters cannot be read never did. */
export function isExpired(body: Readonly<Record<string, any>>, moment: number): boolean {
  const { 'X-Amz-Date': date, 'X-Amz-Expires': seconds, 'X-Amz-Security-Token': session } = body
  const made = momentOf(date)
  if (made === undefined || !isLifetime(seconds)) return true
  const ends = session === undefined ? undefined : momentOf(session?.Expiration)
  return moment > made + seconds * SECOND || (ends !== undefined && moment > ends)
}

/** One second to seven days. */
export function isLifetime(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1 && seconds <= PRESIGNED_MAX_S
}

/** `20260105T080000Z`, as addresses carry moments. */
export function signedDate(moment: number): string {
  return isoText(moment).replace(/[-:]/g, '')
}

/** A moment in either form of ISO 8601, in µs since 1970; undefined = it is none. */
function momentOf(text: unknown): number | undefined {
  const basic = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(String(text))
  const read = parseMoment(
    basic === null ? String(text) : `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z`,
  )
  return typeof read === 'number' ? read : undefined
}
