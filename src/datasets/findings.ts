// The findings of an inspection.
import type { JsonValue } from '../protocol/json.ts'

export interface DatasetProblem {
  /** For a folder: the file's name in it. */
  readonly file: string
  /** From 1; for Parquet, the number of the row. */
  readonly line: number
  readonly message: string
}

/** Maximum number of problems reported; further ones are only counted. */
const MAX_PROBLEMS = 20

export class Findings {
  records = 0
  characters = 0
  problemsFound = 0
  readonly first: JsonValue[] = []
  readonly problems: DatasetProblem[] = []
  readonly #shown: number

  constructor(shown: number) {
    this.#shown = shown
  }

  record(value: JsonValue, characters: number): void {
    this.records++
    this.characters += characters
    if (this.first.length < this.#shown) this.first.push(value)
  }

  problem(problem: DatasetProblem): void {
    this.problemsFound++
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem)
  }
}
