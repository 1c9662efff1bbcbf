// Tabs: underlined in ink, with counts in grey. Tabs that do not fit scroll sideways.
import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import styles from './tabs.module.css'

export interface Tab {
  readonly id: string
  readonly label: string
  readonly count?: number | undefined
}

interface TabsProps {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly chosen: string
  onChoose(id: string): void
  /** The chosen tab's panel. */
  readonly children: ReactNode
}

export function Tabs({ label, tabs, chosen, onChoose, children }: TabsProps) {
  return (
    <Base.Root className={styles.root} value={chosen} onValueChange={(value) => onChoose(String(value))}>
      <Base.List className={styles.list} aria-label={label}>
        {tabs.map(({ id, label: text, count }) => (
          <Base.Tab key={id} value={id} className={styles.tab}>
            {text}
            {count === undefined ? undefined : <span className={styles.count}>{count.toLocaleString('en-GB')}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel value={chosen} className={styles.panel} tabIndex={-1}>
        {children}
      </Base.Panel>
    </Base.Root>
  )
}
