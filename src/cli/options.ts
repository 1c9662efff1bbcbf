// Parsers of options and arguments that several commands share.
import { type Command, InvalidArgumentError } from 'commander'
import { RUNTIMES, type RuntimeKind } from '../runner/runtime.ts'

function parseInteger(text: string, range: { min: number; max: number }): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max) return value
  throw new InvalidArgumentError(`Give a whole number from ${range.min} to ${range.max}.`)
}

/** Reads a whole number of a range. */
export const within =
  (min: number, max: number) =>
  (text: string): number =>
    parseInteger(text, { min, max })

export const parsePort = (text: string): number => parseInteger(text, { min: 0, max: 65_535 })
export const parseSeed = (text: string): number => parseInteger(text, { min: 0, max: 0xffff_ffff })
export const parseStep = (text: string): number => parseInteger(text, { min: 0, max: Number.MAX_SAFE_INTEGER })
/** Temperature of a model: 0 to 2. */
export function parseTemperature(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 2)) throw new InvalidArgumentError('Give a number from 0 to 2.')
  return value
}

/** @throws InvalidArgumentError outside 0 to `max` */
export const parseFrom0 =
  (max: number) =>
  (text: string): number =>
    parseInteger(text, { min: 0, max })

export const parseCount = (text: string): number => parseInteger(text, { min: 1, max: 1_000_000_000 })

export function parseRate(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1000) return value
  throw new InvalidArgumentError('Give a number above 0, at most 1000.')
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

export function parseRuntime(text: string): RuntimeKind {
  const found = RUNTIMES.find((kind) => kind === text)
  if (found) return found
  throw new InvalidArgumentError(`Give ${RUNTIMES.join(' or ')}.`)
}

/** How many following ports are tried when the default port is taken. */
const OTHER_PORTS = 50
const DEFAULT_PORT = 8080

/** A port given by the user is used or refused; only the default one moves on. */
export function otherPorts(command: Command): number {
  const isDefault = command.getOptionValueSource('port') === 'default'
  return isDefault && command.getOptionValue('port') === DEFAULT_PORT ? OTHER_PORTS : 0
}
