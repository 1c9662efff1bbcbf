// "Did you mean …?": the known name closest to a mistyped one, and the error that suggests it.
import { at } from './at.ts'
import { AppError, ERRORS, type ErrorCode } from './errors.ts'

/** Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const edits = [at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1)]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) edits.push(at(before, j - 2) + 1)
      next.push(Math.min(...edits))
    }
    before = row
    row = next
  }
  return at(row, b.length)
}

/** Characters of a name that are compared: enough for any name that a person types. */
const MAX_COMPARED = 64

/** The known name closest to `name`, if a person could have meant it: at most a third of its characters differ. */
export function closestOf(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(0, MAX_COMPARED).toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const each of known) {
    const edits = distance(wanted, each.slice(0, MAX_COMPARED).toLowerCase())
    if (edits < least) {
      least = edits
      best = each
    }
  }
  return best
}

interface UnknownName {
  readonly name: string
  readonly known: readonly string[]
  /** What to do when no known name is close. Default: the general advice for the code. */
  readonly hint?: string
}

/** The error for a name that is not among the known ones. Its hint starts with the closest known name, if any is close. */
export function unknownName(code: ErrorCode, message: string, { name, known, hint }: UnknownName): AppError {
  const closest = closestOf(name, known)
  const advice = hint ?? ERRORS[code].hint
  return new AppError(code, message, {
    details: { known: [...known], ...(closest === undefined ? {} : { closest }) },
    hint: closest === undefined ? advice : `Did you mean ${closest}? ${advice}`,
  })
}
