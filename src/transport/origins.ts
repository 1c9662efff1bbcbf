// Which hosts and origins a server answers. A browser sends the Origin of the page and the name in its address bar:
// checking both stops pages of other sites and names that an attacker points at this machine (DNS rebinding).
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { AppError } from '../kernel/errors.ts'

export interface OriginOptions {
  /** Origins of pages that may use the server, such as `https://play.example`. Default: its own pages only. */
  readonly allowedOrigins?: readonly string[]
  /** Names under which the server is reached, without a port. IP addresses and localhost need no entry. */
  readonly allowedHosts?: readonly string[]
}

export class OriginPolicy {
  readonly #origins: ReadonlySet<string>
  readonly #hosts: ReadonlySet<string>

  /** @throws AppError USAGE for an origin or host that is malformed */
  constructor({ allowedOrigins = [], allowedHosts = [] }: OriginOptions = {}) {
    this.#origins = new Set(allowedOrigins.map(parseOrigin))
    this.#hosts = new Set([...allowedHosts.map(parseHost), ...allowedOrigins.map((each) => new URL(each).hostname)])
  }

  /** Origins that CORS answers and that may frame pages. */
  get origins(): readonly string[] {
    return [...this.#origins]
  }

  /** Whether the Host header is an IP address, localhost, or a name that the operator allowed. */
  isAllowedHost(host: string | undefined): boolean {
    const name = hostName(host)
    if (name === undefined) return false
    return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || isLocalName(name) || this.#hosts.has(name)
  }

  /**
   * Why a request of a browser is refused; undefined if it is allowed. Requests without an Origin come from programs,
   * not from pages, and pass.
   */
  refuseOrigin(headers: IncomingHttpHeaders): AppError | undefined {
    const { origin, host } = headers
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return undefined
    const page = URL.canParse(origin) ? new URL(origin) : undefined
    // Schemes are not compared: behind a proxy that terminates TLS, only the Origin has `https`.
    if (page && hostOf(page) === hostWithoutDefaultPort(host) && this.isAllowedHost(host)) return undefined
    return new AppError('ORIGIN_REFUSED', `Pages of ${shorten(origin)} may not use this server.`)
  }

  /** Why a request that changes state or shows private data is refused; undefined if it is allowed. */
  refuseSensitive(headers: IncomingHttpHeaders): AppError | undefined {
    const refusal = this.refuseOrigin(headers)
    if (refusal) return refusal
    if (this.isAllowedHost(headers.host)) return undefined
    return new AppError('HOST_REFUSED', `This server does not answer under the name ${shorten(headers.host ?? '')}.`)
  }
}

/** Whether a Host header names this machine itself: localhost, 127.0.0.0/8, or ::1, with any port. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = hostName(host)
  return name !== undefined && (isLocalName(name) || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name))
}

const isLocalName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost')

/** Name or address of a Host header in lower case, brackets kept, port removed; undefined when it is malformed. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase()
}

const hostOf = (url: URL): string => url.host.toLowerCase()
const hostWithoutDefaultPort = (host: string | undefined): string | undefined =>
  host?.toLowerCase().replace(/:(?:80|443)$/, '')

/** Text of a header in a message: bounded, since it is the client's. */
const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text) || 'no name'

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase().replace(/\/$/, '')) return url.origin
  throw new AppError('USAGE', `"${text}" is not an origin`, {
    hint: 'Give scheme, host and port: https://play.example',
  })
}

function parseHost(text: string): string {
  const name = hostName(text)
  if (name !== undefined && !/:\d+$/.test(text.replace(/^\[.*\]/, ''))) return name
  throw new AppError('USAGE', `"${text}" is not the name of a host`, {
    hint: 'Give a name without a port: play.example',
  })
}
