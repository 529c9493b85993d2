// The functions of CloudFormation that need nothing but their arguments: Base64, Cidr and GetAZs.
import { utf8 } from './sha1.ts'

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** RFC 4648 base64 of the text's UTF-8 bytes, without line breaks (CFN-R20). */
export function base64(text: string): string {
  const bytes = utf8(text)
  let coded = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    for (let digit = 0; digit < 4; digit++) {
      coded += digit > bytes.length - i ? '=' : base64Digits.charAt((word >> (18 - 6 * digit)) & 63)
    }
  }
  return coded
}

/**
 * `count` (1–256) consecutive blocks of `cidrBits` host bits from the start of `block` (CFN-R21).
 * Returns a sentence about what is wrong when the arguments do not fit.
 */
export function cidr(block: string, count: number, cidrBits: number): readonly string[] | string {
  if (!Number.isInteger(count) || count < 1 || count > 256)
    return `a count of blocks is between 1 and 256, not ${count}`
  const slash = block.indexOf('/')
  const prefix = Number(block.slice(slash + 1))
  const isV6 = block.includes(':')
  const width = isV6 ? 128 : 32
  const address = isV6 ? parseV6(block.slice(0, slash)) : parseV4(block.slice(0, slash))
  if (slash < 0 || address === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > width) {
    return `\`${block}\` is not a block of addresses such as \`10.0.0.0/16\``
  }
  if (!Number.isInteger(cidrBits) || cidrBits < 1 || cidrBits > width)
    return `cidrBits is between 1 and ${width}, not ${cidrBits}`
  const size = 1n << BigInt(cidrBits)
  const room = 1n << BigInt(width - prefix)
  if (size * BigInt(count) > room) return `\`${block}\` has no room for ${count} blocks of ${cidrBits} bits`
  const start = address - (address % room)
  const blocks: string[] = []
  for (let i = 0; i < count; i++) {
    const first = start + size * BigInt(i)
    blocks.push(`${isV6 ? formatV6(first) : formatV4(first)}/${width - cidrBits}`)
  }
  return blocks
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let address = 0n
  for (const part of parts) {
    if (!/^[0-9]{1,3}$/.test(part) || Number(part) > 255) return undefined
    address = address * 256n + BigInt(part)
  }
  return address
}

function formatV4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.')
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = halves[0] ? halves[0].split(':') : []
  const tail = halves[1] ? halves[1].split(':') : []
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  let address = 0n
  for (const group of [...head, ...Array.from({ length: missing }, () => '0'), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    address = address * 65536n + BigInt(`0x${group}`)
  }
  return address
}

function formatV6(address: bigint): string {
  const groups: string[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((address >> shift) & 0xffffn).toString(16))
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::')
}

/** How many zones a region shows, where it is not three. [SIM] us-east-1 has six. */
const zoneCounts: ReadonlyMap<string, number> = new Map([
  ['us-east-1', 6],
  ['us-west-2', 4],
  ['ap-northeast-2', 4],
])

/** The availability zones of a region, sorted (CFN-R22). */
export function zonesOf(region: string): readonly string[] {
  return Array.from({ length: zoneCounts.get(region) ?? 3 }, (_, i) => region + 'abcdef'.charAt(i))
}
