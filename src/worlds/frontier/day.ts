// Day and weather. One tick is one minute; an episode begins at eight in the morning.
import { nextBelow } from '../../kernel/random.ts'
import { type Scene, tell } from './scene.ts'
import type { FrontierState } from './state.ts'
import { WEATHERS } from './state.ts'

/** Seconds of world time per tick. */
export const TICK_SECONDS = 60
export const DAY_TICKS = 1440
const FIRST_MINUTE = 480
const DAWN = 300
/** Ticks between two weather rolls. */
const WEATHER_TICKS = 120

/** Minute of the day at which each name begins, in ascending order; before the first it is night. */
const HOURS: readonly (readonly [from: number, name: string])[] = [
  [DAWN, 'dawn'],
  [420, 'morning'],
  [720, 'afternoon'],
  [1080, 'evening'],
  [1260, 'night'],
]

/** In tenths: the probability of each next weather, in the order of WEATHERS. */
const FOLLOWS: Readonly<Record<FrontierState['weather'], readonly number[]>> = {
  clear: [6, 3, 0, 1, 0],
  overcast: [3, 3, 3, 1, 0],
  rain: [1, 3, 4, 0, 2],
  fog: [3, 3, 0, 4, 0],
  storm: [0, 3, 5, 0, 2],
}

function minuteOfDay(tick: number): number {
  return (FIRST_MINUTE + tick) % DAY_TICKS
}

export function timeOfDay(tick: number): string {
  const minute = minuteOfDay(tick)
  let name = 'night'
  for (const [from, each] of HOURS) if (minute >= from) name = each
  return name
}

export function isNight(tick: number): boolean {
  const minute = minuteOfDay(tick)
  return minute < DAWN || minute >= 1260
}

/** `08:05`. */
export function clockOf(tick: number): string {
  const minute = minuteOfDay(tick)
  const pad = (value: number): string => String(value).padStart(2, '0')
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`
}

/** Changes the weather; at dawn, regrowing things reappear. */
export function passTime(scene: Scene): void {
  const { state } = scene
  if (state.tick % WEATHER_TICKS === 0) turnWeather(scene)
  if (minuteOfDay(state.tick) === DAWN) regrow(scene)
}

function turnWeather(scene: Scene): void {
  const { state } = scene
  let throwOf = nextBelow(state.random.weather, 10)
  for (const [index, share] of FOLLOWS[state.weather].entries()) {
    throwOf -= share
    if (throwOf >= 0) continue
    const next = WEATHERS[index] ?? 'clear'
    if (next !== state.weather) tell(scene, 'weather.changed', { weather: next })
    state.weather = next
    return
  }
}

function regrow({ atlas, state }: Scene): void {
  for (const [index, row] of atlas.things.entries()) {
    if (!row.regrows || state.things[index] === 1) continue
    state.things[index] = 1
    state.made[row.item] = (state.made[row.item] ?? 0) + 1
  }
}
