// A world's view: loaded when it is shown, rendered outside React, and destroyed with the component.
import type { ViewSource } from 'paracosm/world'
import { useEffect, useRef, useState } from 'react'
import { loadView, type ViewKind } from '../views/load-view.ts'
import { Button } from './button.tsx'
import styles from './world-view.module.css'

interface WorldViewProps {
  readonly world: string
  readonly kind: ViewKind
  /** Keep it stable between renders: another source remounts the view. */
  readonly source: ViewSource
  /** Whether it is a small picture in a list. Default false. */
  readonly isPicture?: boolean
}

export function WorldView({ world, kind, source, isPicture = false }: WorldViewProps) {
  const element = useRef<HTMLDivElement>(null)
  const [failure, setFailure] = useState<string>()
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt runs the effect again
  useEffect(() => {
    let isGone = false
    let unmount = (): void => undefined
    setFailure(undefined)
    loadView(world, kind, isPicture).then(
      (view) => {
        if (isGone || !element.current) return
        try {
          unmount = view.mount(element.current, source)
        } catch (error) {
          setFailure(String(error))
        }
      },
      (error: unknown) => setFailure(String(error)),
    )
    return () => {
      isGone = true
      unmount()
    }
  }, [world, kind, source, isPicture, attempt])
  return (
    <div className={styles.frame}>
      <div ref={element} className={styles.view} />
      {failure === undefined ? undefined : (
        <div role="alert" className={styles.failure}>
          <p>The view of {world} failed. The episode is not affected.</p>
          <Button onClick={() => setAttempt(attempt + 1)}>Load it again</Button>
          <code>{failure}</code>
        </div>
      )}
    </div>
  )
}
