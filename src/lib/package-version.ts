// The order of versions of packages: PEP 440, as Python's `packaging` sorts them.

const PARTS =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)([-_.]?\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i

/** Beta follows alpha; every word for a release candidate is one. */
const PRE: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1 }
const CANDIDATE = 2
/** Digits have any length, so numbers are compared as big integers. */
type Key = readonly (bigint | string)[]

const LOWEST = -2n
const LOWER = -1n
const HIGHEST = 2n ** 64n
const number = (text: string | undefined): bigint => BigInt((text ?? '').replace(/\D/g, '') || '0')

interface VersionKey {
  readonly epoch: bigint
  readonly release: readonly bigint[]
  readonly tail: Key
  readonly local: readonly string[] | undefined
}

function keyOf(version: string): VersionKey | undefined {
  const found = PARTS.exec(version)
  if (!found) return undefined
  const [, epoch, release = '0', pre, preNumber, dash, post, dev, devNumber, local] = found
  const numbers = release.split('.').map(BigInt)
  while (numbers.length > 1 && numbers.at(-1) === 0n) numbers.pop()
  const isPost = dash !== undefined || post !== undefined
  const word = pre === undefined ? undefined : BigInt(PRE[pre.toLowerCase()] ?? CANDIDATE)
  // A bare dev release comes before every pre-release, a final release after them.
  const stage = word ?? (!isPost && dev !== undefined ? LOWER : HIGHEST)
  return {
    epoch: number(epoch),
    release: numbers,
    tail: [
      stage,
      number(preNumber),
      isPost ? number(dash ?? post) : LOWEST,
      dev === undefined ? HIGHEST : number(devNumber),
    ],
    local: local?.toLowerCase().split(/[-_.]/),
  }
}

const order = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

function compareLists<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): number {
  for (const [index, each] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const found = compare(each, other)
    if (found !== 0) return found
  }
  return a.length - b.length
}

/** In local versions, numbers come after words. */
function compareLocal(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return order(BigInt(a), BigInt(b))
  return left === right ? order(a, b) : left ? 1 : -1
}

/**
 * Orders two versions; equal ones, such as `1.0` and `1.0.0`, give 0. Text that is no version comes first.
 * @returns a negative number, 0, or a positive one
 */
export function comparePackageVersions(a: string, b: string): number {
  const [left, right] = [keyOf(a), keyOf(b)]
  if (!left || !right) return left ? 1 : right ? -1 : order(a, b)
  return (
    order(left.epoch, right.epoch) ||
    compareLists(left.release, right.release, order) ||
    compareLists(left.tail, right.tail, (x, y) => (x < y ? -1 : x > y ? 1 : 0)) ||
    compareLists(left.local ?? [], right.local ?? [], compareLocal)
  )
}
