// Alerts a participant who waited in another tab: the title changes until they look, with a notification and a sound if
// they enabled them.
import type { ParticipantState } from 'paracosm/protocol'
import { useEffect, useRef } from 'react'
import { useWords } from './use-words.ts'

const SOUND = 'paracosm.study-sound'
const FLASH_MS = 1000
const TONE_HZ = 660
const TONE_S = 0.4

/** Off unless the participant turned it on in this browser. */
export const wantsSound = (): boolean => localStorage.getItem(SOUND) === 'on'
export const setSound = (isOn: boolean): void => localStorage.setItem(SOUND, isOn ? 'on' : 'off')

/** Browsers without notifications, such as those of iPhones, have none to offer. */
export const canNotify = (): boolean => typeof Notification === 'function' && Notification.permission !== 'denied'

/** Calls when the stage is no longer `waiting`. */
export function useCall(stage: ParticipantState['stage'] | undefined): void {
  const words = useWords()
  const before = useRef(stage)
  useEffect(() => {
    const hasWaited = before.current === 'waiting'
    before.current = stage
    if (!hasWaited || stage === undefined || stage === 'waiting') return
    return call(words.begins)
  }, [stage, words])
}

/** @returns what ends it */
function call(text: string): () => void {
  if (wantsSound()) playTone()
  if (!document.hidden) return () => undefined
  const note = typeof Notification === 'function' && Notification.permission === 'granted' ? notify(text) : undefined
  const title = document.title
  const timer = setInterval(() => {
    document.title = document.title === title ? `● ${text}` : title
  }, FLASH_MS)
  const end = (): void => {
    clearInterval(timer)
    document.title = title
    note?.close()
    document.removeEventListener('visibilitychange', end)
  }
  document.addEventListener('visibilitychange', end)
  return end
}

/** Some phones allow notifications only from workers: then only the title changes. */
function notify(text: string): Notification | undefined {
  try {
    const note = new Notification(document.title, { body: text })
    note.onclick = () => window.focus()
    return note
  } catch {
    return undefined
  }
}

function playTone(): void {
  const audio = new AudioContext()
  const tone = audio.createOscillator()
  tone.frequency.value = TONE_HZ
  tone.connect(audio.destination)
  tone.onended = () => void audio.close()
  tone.start()
  tone.stop(audio.currentTime + TONE_S)
}
