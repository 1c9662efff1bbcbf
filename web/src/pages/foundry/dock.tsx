// Time in the editor: the tick, run and pause, single step, speed, undo, and the timeline of edits with abandoned
// branches.
import { useEffect } from 'react'
import { Button, IconButton } from '../../components/button.tsx'
import { useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import { isPlain, isTyping } from '../../shell/keys.ts'
import { ticksOf } from './done.ts'
import styles from './foundry.module.css'
import { BASE_RATE, type FoundrySession } from './foundry-session.ts'
import { leftBehind, type Run } from './runs.ts'

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 100] as const

interface DockProps {
  readonly session: FoundrySession
  readonly run: Run | undefined
  onUndo(): void
}

export function Dock({ session, run, onUndo }: DockProps) {
  const { tick, status, rate, done } = useStore(session.state)
  const isRunning = status === 'running'
  const fault = faultOf(run, status)
  const toggle = (): void => void session.pace({ paused: isRunning })
  const step = (): void => session.step()
  const undoFault =
    run && done.length === 0 ? 'Nothing has been done yet.' : run ? undefined : 'Only the player can undo.'
  useKeys({ toggle, step, undo: onUndo }, fault === undefined)
  return (
    <section className={styles.dock} aria-label="Time">
      <p className={styles.tick}>
        <b>{formatNumber(tick)}</b> tick
      </p>
      <div className={styles.transport}>
        <IconButton
          icon={isRunning ? 'pause' : 'play'}
          look="primary"
          label={isRunning ? 'Pause (Space)' : 'Run (Space)'}
          disabled={fault !== undefined}
          onClick={toggle}
        />
        <IconButton icon="forward" label="One tick (.)" disabled={fault !== undefined} onClick={step} />
        <label className={styles.speed}>
          <span>Speed</span>
          <select
            value={nearest(rate)}
            disabled={fault !== undefined}
            onChange={(event) => void session.pace({ tick_rate: Number(event.target.value) * BASE_RATE })}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {speed === 100 ? 'max' : `${speed}×`}
              </option>
            ))}
          </select>
        </label>
        <Button look="bare" icon="back" onClick={onUndo} why={undoFault}>
          Undo
        </Button>
      </div>
      <Track tick={tick} ticks={ticksOf(done)} run={run} />
    </section>
  )
}

function faultOf(run: Run | undefined, status: string): string | undefined {
  if (!run) return 'Only the player runs it.'
  return status === 'over' || status === 'lost' ? 'The run has ended.' : undefined
}

function nearest(rate: number): number {
  return SPEEDS.reduce((best, speed) =>
    Math.abs(speed * BASE_RATE - rate) < Math.abs(best * BASE_RATE - rate) ? speed : best,
  )
}

interface Keys {
  toggle(): void
  step(): void
  undo(): void
}

/** Space, `.` and Ctrl Z, wherever the focus is, except in fields. */
function useKeys({ toggle, step, undo }: Keys, isOn: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isTyping(event)) return
      const isUndo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)
      const isButton = event.target instanceof HTMLElement && event.target.closest('button,a,summary') !== null
      const action = isUndo
        ? undo
        : !isOn || !isPlain(event)
          ? undefined
          : keyAction(event.key, isButton, { toggle, step })
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [toggle, step, undo, isOn])
}

/** On a button Space presses the button. */
function keyAction(key: string, isButton: boolean, { toggle, step }: Omit<Keys, 'undo'>): (() => void) | undefined {
  if (key === ' ' && !isButton) return toggle
  return key === '.' ? step : undefined
}

/** The edits along the ticks, the current tick, and the abandoned branches. */
function Track({ tick, ticks, run }: { tick: number; ticks: readonly number[]; run: Run | undefined }) {
  const left = leftBehind(run)
  const most = Math.max(20, tick, ...left.map(({ undoneAt }) => undoneAt)) * 1.1
  const at = (value: number): string => `${(100 * value) / most}%`
  return (
    <div className={styles.track} role="img" aria-label={`Tick ${tick}. Something was done in ${ticks.length} ticks.`}>
      <i className={styles.passed} style={{ width: at(tick) }} />
      {left.slice(0, 3).map((line, index) => (
        <a
          key={line.episode}
          className={styles.left}
          style={{ left: at(line.tick), width: at(Math.max(line.undoneAt - line.tick, most / 40)) }}
          href={`/episodes/${encodeURIComponent(line.episode)}/`}
          aria-label={`The line undone at tick ${line.undoneAt}`}
        >
          {index === 0 ? `undone at ${line.undoneAt}, kept as a branch` : undefined}
        </a>
      ))}
      {ticks.map((each) => (
        <i key={each} className={styles.dot} style={{ left: at(each) }} />
      ))}
      <i className={styles.head_} style={{ left: at(tick) }} />
    </div>
  )
}
