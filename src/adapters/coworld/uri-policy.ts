// Which recordings a replay server may open for any client that sends `?uri=`. The operator names folders, origins, or
// single URIs; everything else is refused before any file or host is accessed.
import { realpath } from 'node:fs/promises'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { isAbsolute, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../kernel/errors.ts'

/** What a URI names, once it is allowed. */
export type ReplaySource =
  | { readonly kind: 'file'; readonly path: string }
  /** `isPublicOnly`: refuse addresses that are not on the public internet, also after a redirect. */
  | { readonly kind: 'http'; readonly url: URL; readonly isPublicOnly: boolean }

export interface UriPolicy {
  /** Folders whose files may be opened, with everything below them. Links that leave them are not followed. */
  readonly folders: readonly string[]
  /** Origins such as `https://replays.example` whose documents may be fetched. */
  readonly origins: readonly string[]
  /** Schemes that are allowed for any public host: `https:`. */
  readonly schemes: readonly string[]
  /** Single URIs and paths, such as the one the server was started with. */
  readonly uris: readonly string[]
}

/**
 * Reads what the operator allows: a folder, `file:///folder`, `https://host`, or `https:` for every public host.
 * @throws AppError USAGE for anything else
 */
export function parseUriPolicy(entries: readonly string[], uris: readonly string[] = []): UriPolicy {
  const folders: string[] = []
  const origins: string[] = []
  const schemes: string[] = []
  for (const entry of entries) {
    if (/^https?:$/.test(entry)) schemes.push(entry)
    else if (/^https?:\/\//.test(entry) && URL.canParse(entry)) origins.push(new URL(entry).origin)
    else if (entry.startsWith('file://') && URL.canParse(entry)) folders.push(fileURLToPath(entry))
    else if (!/^[a-z][a-z0-9+.-]*:/i.test(entry) && entry !== '') folders.push(resolve(entry))
    else {
      throw new AppError('USAGE', `"${entry}" is neither a folder nor an origin`, {
        hint: 'Give a folder, an origin such as https://replays.example, or https: for every public host.',
      })
    }
  }
  return { folders, origins, schemes, uris }
}

const refuse = (): AppError => new AppError('SOURCE_REFUSED', 'This server may not open that recording.')

/**
 * Resolves a URI from an untrusted client. Messages never repeat a resolved path or address.
 * @throws AppError SOURCE_REFUSED, also for files that do not exist, so that clients learn nothing about the disk
 */
export async function resolveSource(uri: string, policy: UriPolicy): Promise<ReplaySource> {
  if (policy.uris.includes(uri)) return sourceOf(uri)
  const source = sourceOf(uri)
  if (source.kind === 'http') {
    if (policy.origins.includes(source.url.origin)) return source
    if (policy.schemes.includes(source.url.protocol)) return { ...source, isPublicOnly: true }
    throw refuse()
  }
  if (!isAbsolute(source.path) || source.path.includes('\0')) throw refuse()
  const path = await realpath(source.path).catch(() => undefined)
  if (path === undefined) throw refuse()
  for (const folder of policy.folders) {
    const root = await realpath(folder).catch(() => undefined)
    if (root !== undefined && path.startsWith(root.endsWith(sep) ? root : root + sep)) return { kind: 'file', path }
  }
  throw refuse()
}

/** @throws AppError SOURCE_REFUSED for other schemes and malformed URIs */
function sourceOf(uri: string): ReplaySource {
  if (/^https?:\/\//i.test(uri)) {
    if (!URL.canParse(uri)) throw refuse()
    const url = new URL(uri)
    if (url.username !== '' || url.password !== '') throw refuse()
    return { kind: 'http', url, isPublicOnly: false }
  }
  if (!uri.startsWith('file://')) {
    if (/^[a-z][a-z0-9+.-]*:/i.test(uri)) throw refuse()
    return { kind: 'file', path: uri }
  }
  try {
    return { kind: 'file', path: fileURLToPath(uri) }
  } catch {
    // A host, an encoded slash, or a malformed escape.
    throw refuse()
  }
}

const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv6')
}

/** Whether an IP address is on the public internet (IANA special-purpose registries). */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isPublicAddress(mapped)
  // BlockList also matches IPv4-mapped addresses in hexadecimal form against the IPv4 rules.
  return !PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
