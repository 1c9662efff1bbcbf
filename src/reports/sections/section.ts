// The interface of a section of the results report.
import type { Figures } from '../results/figures.ts'
import type { Results } from '../results/results.ts'
import type { Wait } from '../results/waits.ts'

export interface ReportData {
  readonly results: Results
  readonly figures: Figures
  readonly waits: readonly Wait[]
}

export interface Section {
  readonly title: string
  readonly group?: 'Player' | 'System'
  /** The HTML below the heading. */
  content(data: ReportData): string
}
