// The messages between the page and its worker. Every request has a number, and its response has the same one.
import type { JsonObject } from 'paracosm/protocol'
import type { ViewFrame } from '../../../src/protocol/live.ts'
import type { CommandRow, CourseInfo, Series, Verdict } from './types.ts'

export type Question =
  | { readonly kind: 'open'; readonly origin: string; readonly key: string | undefined; readonly episode: string }
  | { readonly kind: 'series' }
  | { readonly kind: 'moment'; readonly step: number; readonly perspective: number | null }
  | { readonly kind: 'commands'; readonly from: number; readonly to: number }
  | { readonly kind: 'lines'; readonly from: number; readonly to: number }
  | { readonly kind: 'inspect'; readonly id: number; readonly step: number }
  | { readonly kind: 'verify' }

/** The response to each request. */
export interface Answers {
  readonly open: CourseInfo
  readonly series: Series
  readonly moment: ViewFrame
  readonly commands: readonly CommandRow[]
  readonly lines: readonly string[]
  readonly inspect: JsonObject | undefined
  readonly verify: Verdict
}

export interface ToWorker {
  readonly id: number
  readonly question: Question
}

export type FromWorker =
  | { readonly id: number; readonly kind: 'answer'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failure'; readonly code: string; readonly message: string }
  | { readonly id: number; readonly kind: 'progress'; readonly step: number }
