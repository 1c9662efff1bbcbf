// Reads the list of uploaded packages, for the commands that look something up in it.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { HostedCoworldEntry } from '../../protocol/hosted-images.ts'
import { PAGE_ROWS } from '../../runner/package-images.ts'
import type { HostedClient } from '../hosted-client.ts'

/** Milliseconds for the answer of a list. */
export const LIST_MS = 60_000

/** A page of the list of packages. */
export const readPackages = (client: HostedClient, offset: number, limit = PAGE_ROWS): Promise<HostedCoworldEntry[]> =>
  client.get('/v2/coworlds', z.array(HostedCoworldEntry), { limit, offset }, { timeoutMs: LIST_MS })

/** A look-up that failed: exit status 1. */
export const notFound = (message: string): AppError =>
  new AppError('SERVER_REFUSED', message, { hint: 'List the packages with: paracosm coworld list' })
