// A commissioner written by a user: a module with the export `commissioner`.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '../../kernel/errors.ts'
import type { Commissioner } from './commissioner.ts'

/** The methods that a module must have to be a commissioner. */
const METHODS = ['planRound', 'scheduleRounds', 'rankDivision', 'describeDivision'] as const

/** @throws AppError PLUGIN_INVALID naming what is missing */
export async function loadCommissioner(path: string, from: string): Promise<Commissioner> {
  const url = pathToFileURL(resolve(from, path)).href
  const loaded: unknown = await import(url).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('PLUGIN_INVALID', `the commissioner ${path} cannot be loaded: ${reason}`, {
      cause,
      hint: 'Use baseline, manual, ruleset, or the path of a module that exports `commissioner`.',
    })
  })
  const found =
    typeof loaded === 'object' && loaded !== null && 'commissioner' in loaded ? loaded.commissioner : undefined
  if (isCommissioner(found)) return found
  throw new AppError('PLUGIN_INVALID', `${path} exports no commissioner with ${METHODS.join(', ')}`, {
    hint: 'Export `commissioner`: an object with key, planRound, scheduleRounds, rankDivision and describeDivision.',
  })
}

function isCommissioner(value: unknown): value is Commissioner {
  if (typeof value !== 'object' || value === null || !('key' in value) || typeof value.key !== 'string') return false
  return METHODS.every((name) => typeof Reflect.get(value, name) === 'function')
}
