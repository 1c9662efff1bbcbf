// The replay: play, pause, step, seek, speed. `#t=12` in the URL opens it at tick 12 and is updated while scrubbing.

import { numberOf, type Snapshot, statusOf } from './snapshot.ts'
import { connect, socketUrl } from './socket.ts'
import { byId, Screen, showWays } from './view.ts'

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const
const FALLBACK_RATE = 5

const status = byId('status', HTMLElement)
const slider = byId('slider', HTMLInputElement)
const play = byId('play', HTMLButtonElement)
const speedLabel = byId('speed', HTMLElement)
const tickLabel = byId('tick', HTMLElement)

let frames: readonly Snapshot[] = []
let at = 0
let isPlaying = false
let speed = 2
let rate = FALLBACK_RATE
let before = 0

/** Playing steps follow each other; a jump does not glide. */
const screen = new Screen({ speed: () => (isPlaying ? rate * (SPEEDS[speed] ?? 1) : 0) })

const isSnapshot = (value: unknown): value is Snapshot => typeof value === 'object' && value !== null

function show(index: number): void {
  at = Math.max(0, Math.min(frames.length - 1, index))
  const frame = frames[Math.floor(at)]
  if (!frame) return
  screen.show(frame)
  const tick = numberOf(frame.tick ?? frame.step)
  slider.value = String(Math.floor(at))
  slider.setAttribute('aria-valuetext', `tick ${tick}`)
  tickLabel.textContent = `tick ${tick} of ${numberOf(frames.at(-1)?.tick ?? frames.at(-1)?.step)}`
  status.textContent = frame.done === true ? statusOf(frame) : 'Replay'
  document.body.dataset.tick = String(tick)
}

function rememberPlace(): void {
  history.replaceState(null, '', `#t=${numberOf(frames[Math.floor(at)]?.tick ?? frames[Math.floor(at)]?.step)}`)
}

function setPlaying(next: boolean): void {
  isPlaying = next && frames.length > 1
  if (isPlaying && at >= frames.length - 1) show(0)
  play.textContent = isPlaying ? 'Pause' : 'Play'
  before = performance.now()
  if (isPlaying) requestAnimationFrame(advance)
  else rememberPlace()
}

function advance(now: number): void {
  if (!isPlaying) return
  const next = at + ((now - before) / 1000) * rate * (SPEEDS[speed] ?? 1)
  before = now
  if (next >= frames.length - 1) {
    show(frames.length - 1)
    setPlaying(false)
    return
  }
  if (Math.floor(next) === Math.floor(at)) at = next
  else show(next)
  requestAnimationFrame(advance)
}

function jump(index: number): void {
  setPlaying(false)
  show(Math.floor(index))
  rememberPlace()
}

function changeSpeed(by: number): void {
  speed = Math.max(0, Math.min(SPEEDS.length - 1, speed + by))
  speedLabel.textContent = `${SPEEDS[speed]}×`
}

function frameAtTick(tick: number): number {
  const found = frames.findIndex((frame) => numberOf(frame.tick ?? frame.step) >= tick)
  return found < 0 ? frames.length - 1 : found
}

function begin(message: Record<string, unknown>): void {
  const initial = isSnapshot(message.initial) ? [message.initial] : []
  frames = [...initial, ...(Array.isArray(message.frames) ? message.frames.filter(isSnapshot) : [])]
  if (isSnapshot(message.config)) rate = numberOf(message.config.tick_rate) || FALLBACK_RATE
  slider.max = String(Math.max(0, frames.length - 1))
  for (const control of document.querySelectorAll<HTMLButtonElement | HTMLInputElement>('button, input')) {
    control.disabled = frames.length === 0
  }
  const wanted = /#t=(\d+)/.exec(location.hash)?.[1]
  if (wanted !== undefined) show(frameAtTick(Number(wanted)))
  else {
    show(0)
    setPlaying(!matchMedia('(prefers-reduced-motion: reduce)').matches)
  }
}

showWays(false)
const line = connect({
  url: socketUrl(location.href, false),
  onStatus(text) {
    if (text) status.textContent = text
  },
  onMessage(message) {
    if (message.type === 'replay') {
      line.finish()
      begin(message)
    } else if (message.type === 'error' && isSnapshot(message.error)) {
      line.finish()
      status.textContent = `This recording cannot be shown: ${String(message.error.message)}`
    }
  },
})

play.addEventListener('click', () => setPlaying(!isPlaying))
slider.addEventListener('input', () => jump(Number(slider.value)))
byId('back', HTMLButtonElement).addEventListener('click', () => jump(Math.floor(at) - 1))
byId('forward', HTMLButtonElement).addEventListener('click', () => jump(Math.floor(at) + 1))
byId('slower', HTMLButtonElement).addEventListener('click', () => changeSpeed(-1))
byId('faster', HTMLButtonElement).addEventListener('click', () => changeSpeed(1))
addEventListener('hashchange', () => {
  const wanted = /#t=(\d+)/.exec(location.hash)?.[1]
  if (wanted !== undefined) jump(frameAtTick(Number(wanted)))
})

const KEYS: Readonly<Record<string, () => void>> = {
  ' ': () => setPlaying(!isPlaying),
  ',': () => jump(Math.floor(at) - 1),
  '.': () => jump(Math.floor(at) + 1),
  ArrowLeft: () => jump(Math.floor(at) - 1),
  ArrowRight: () => jump(Math.floor(at) + 1),
  Home: () => jump(0),
  End: () => jump(frames.length - 1),
  '-': () => changeSpeed(-1),
  '+': () => changeSpeed(1),
}
addEventListener('keydown', (event) => {
  const isButton = event.target instanceof HTMLButtonElement && event.key === ' '
  const act = isButton || event.target === slider ? undefined : KEYS[event.key]
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  act()
})
