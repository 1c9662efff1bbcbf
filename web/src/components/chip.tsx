// A state: icon and word, never a colour alone, and never clickable.
import styles from './chip.module.css'
import { Icon, type IconName } from './icon.tsx'

const KINDS = {
  live: 'dot',
  proved: 'proved',
  differs: 'refused',
  refused: 'refused',
  warn: 'warn',
  plain: undefined,
} as const satisfies Readonly<Record<string, IconName | undefined>>

export type ChipKind = keyof typeof KINDS

export function Chip({ kind, children }: { kind: ChipKind; children: string }) {
  const icon = KINDS[kind]
  return (
    <span className={`${styles.chip} ${styles[kind]}`}>
      {icon === undefined ? undefined : <Icon name={icon} size={14} />}
      {children}
    </span>
  )
}
