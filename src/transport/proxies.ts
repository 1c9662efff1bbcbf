// Which reverse proxies are trusted, and which address a request comes from. Forwarded headers are ignored unless the
// peer is a proxy that the operator named, because anybody can send them.
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { AppError } from '../kernel/errors.ts'

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']

/** The parts of a request that say where it comes from. */
export type Peer = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean
  readonly #isBehindRelay: boolean

  /**
   * @param addresses IP addresses, networks such as `10.0.0.0/8`, or `loopback`; none trusts no proxy
   * @param isBehindRelay whether peers without an address are trusted: a shard's Unix socket, which only its server opens
   * @throws AppError USAGE for anything else
   */
  constructor(addresses: readonly string[] = [], isBehindRelay = false) {
    this.#isEmpty = addresses.length === 0
    this.#isBehindRelay = isBehindRelay
    for (const address of addresses) addNetwork(this.#list, address)
  }

  /** Whether forwarded headers of this peer are trusted. */
  trusts(address: string | undefined): boolean {
    if (address === undefined || address === '') return this.#isBehindRelay
    return !this.#isEmpty && contains(this.#list, address)
  }

  /** Whether a proxy has handled the request: then the peer's address says nothing about the client. */
  static isForwarded(peer: Peer): boolean {
    return FORWARDING_HEADERS.some((name) => peer.headers[name] !== undefined)
  }

  /**
   * The client's address: the last entry of X-Forwarded-For that is not a trusted proxy, if the peer is a trusted
   * proxy;
   * otherwise the peer's own. Empty if the connection has already ended.
   */
  clientAddress(peer: Peer): string {
    let address = normalizeAddress(peer.socket.remoteAddress)
    const header = peer.headers['x-forwarded-for']
    const entries = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',')
    while (this.trusts(address) && entries.length > 0) {
      const entry = normalizeAddress(entries.pop()?.trim())
      if (isIP(entry) === 0) break
      address = entry
    }
    return address
  }
}

/** `::ffff:127.0.0.1` as `127.0.0.1`; other texts as they are. */
export function normalizeAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}

/** Whether an IP address belongs to this machine: 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return contains(LOOPBACK, normalizeAddress(address))
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

function contains(list: BlockList, address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function addNetwork(list: BlockList, text: string): void {
  if (text === 'loopback') {
    list.addSubnet('127.0.0.0', 8, 'ipv4')
    list.addAddress('::1', 'ipv6')
    return
  }
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const most = family === 'ipv6' ? 128 : 32
  const isPrefix = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most
  if (isIP(address) === 0 || rest.length > 0 || (bits !== undefined && !isPrefix)) {
    throw new AppError('USAGE', `"${text}" is not the address of a proxy`, {
      hint: 'Give an IP address, a network such as 10.0.0.0/8, or the word loopback.',
    })
  }
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(bits), family)
}
