// Who calls the hosted API: the operator (this machine, or the admin key), a player with a token, or nobody in particular.
import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { isLeagueToken, type LeagueTokens } from '../store/leagues/tokens.ts'
import { readBearer } from '../transport/credentials.ts'
import type { Locality } from '../transport/locality.ts'

/** `playerId` null: the operator, who may act for everybody. */
export interface Caller {
  readonly playerId: string | null
  readonly name: string
}

const OPERATOR: Caller = { playerId: null, name: 'operator' }

const HINT =
  'Not authenticated. Ask the operator for a token (paracosm league token issue NAME), and send it as X-Auth-Token.'

export class HostedAuth {
  readonly #tokens: LeagueTokens
  readonly #locality: Locality

  constructor(tokens: LeagueTokens, locality: Locality) {
    this.#tokens = tokens
    this.#locality = locality
  }

  /**
   * The caller; undefined: nobody who has said who they are. A token wins over being on this machine.
   * @throws AppError KEY_REFUSED for a token that opens nothing
   */
  async find(request: FastifyRequest): Promise<Caller | undefined> {
    const { 'x-auth-token': header } = request.headers
    const isOperator = this.#locality.refuse(request.raw) === undefined
    const token = typeof header === 'string' ? header : readBearer(request.headers)
    // Clients of the hosted API send one header only.
    if (typeof header === 'string' && this.#locality.isAdminKey(header)) return OPERATOR
    if (token !== undefined) {
      const owner = await this.#tokens.find(token)
      if (owner) return { playerId: owner.playerId, name: owner.playerName }
      // The admin key and the keys of text games travel as Bearer tokens too.
      if (header !== undefined || isLeagueToken(token)) {
        throw new AppError('KEY_REFUSED', 'this token is unknown, has expired, or was revoked', { hint: HINT })
      }
    }
    return isOperator ? OPERATOR : undefined
  }

  /** @throws AppError KEY_REFUSED */
  async require(request: FastifyRequest): Promise<Caller> {
    const caller = await this.find(request)
    if (caller) return caller
    throw new AppError('KEY_REFUSED', 'this needs a token', { hint: HINT })
  }

  /**
   * Whose rows a request with `mine` means; undefined: everybody's.
   * @throws AppError KEY_REFUSED
   */
  async mine(request: FastifyRequest, isMine: boolean): Promise<string | undefined> {
    const caller = isMine ? await this.require(request) : await this.find(request)
    return isMine ? (caller?.playerId ?? undefined) : undefined
  }
}

/** Whether a caller may do something with what belongs to a player. */
export const mayUse = (caller: Caller, owner: string | null): boolean =>
  caller.playerId === null || caller.playerId === owner
