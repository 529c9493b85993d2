// Blocks of IP addresses: `10.0.0.0/8`, `2001:db8::/32`.

/** The 16-bit groups of an address, two of IPv4, eight of IPv6; undefined when it is none. */
export function groupsOf(address: string): readonly number[] | undefined {
  if (address.length > 45) return undefined
  return address.includes(':') ? groupsOf6(address) : groupsOf4(address)
}

function groupsOf4(address: string): readonly number[] | undefined {
  const bytes = address.split('.')
  if (bytes.length !== 4 || !bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) < 256)) return undefined
  const [a, b, c, d] = bytes.map(Number) as [number, number, number, number]
  return [a * 256 + b, c * 256 + d]
}

function groupsOf6(address: string): readonly number[] | undefined {
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const [head, tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head!.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head!, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...tail]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => parseInt(group, 16))
    : undefined
}

/** Whether an address lies in a block; false also where one of them is none. */
export function isInBlock(block: string, address: string): boolean {
  const slash = block.indexOf('/')
  const network = slash < 0 ? undefined : groupsOf(block.slice(0, slash))
  const bits = Number(block.slice(slash + 1))
  const groups = network === undefined ? undefined : groupsOf(address)
  if (groups === undefined || groups.length !== network!.length) return false
  if (!(bits >= 0 && bits <= 16 * groups.length)) return false
  return groups.every((group, i) => {
    const own = Math.min(16, Math.max(0, bits - 16 * i))
    return group >> (16 - own) === network![i]! >> (16 - own)
  })
}
