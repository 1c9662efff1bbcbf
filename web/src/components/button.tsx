// Buttons and links that look like buttons. Primary: ink on paper, one per region. A disabled one gives the reason in
// `why`.
import { Link, type LinkProps } from '@tanstack/react-router'
import { type ComponentProps, useId } from 'react'
import styles from './button.module.css'
import { Icon, type IconName } from './icon.tsx'

type Look = 'primary' | 'default' | 'bare'

interface Common {
  readonly look?: Look
  readonly icon?: IconName
}

interface ButtonProps extends Common, Omit<ComponentProps<'button'>, 'className'> {
  /** Why the button cannot be pressed now. If set, the button is disabled, but keeps its place and focus. */
  readonly why?: string | undefined
}

export function Button({ look = 'default', icon, why, children, onClick, type = 'button', ...rest }: ButtonProps) {
  const id = useId()
  const isOff = why !== undefined
  return (
    <>
      <button
        {...rest}
        type={type}
        className={`${styles.button} ${styles[look]}`}
        onClick={isOff ? (event) => event.preventDefault() : onClick}
        {...(isOff ? { 'aria-disabled': true, 'aria-describedby': id, title: why } : {})}
      >
        {icon === undefined ? undefined : <Icon name={icon} />}
        {children}
      </button>
      {isOff ? (
        <span id={id} hidden>
          {why}
        </span>
      ) : undefined}
    </>
  )
}

/** A button with only an icon; `label` is its name and tooltip. */
export function IconButton({
  icon,
  label,
  look = 'bare',
  ...rest
}: { icon: IconName; label: string } & Omit<ButtonProps, 'icon' | 'children'>) {
  return (
    <button
      type="button"
      {...rest}
      className={`${styles.button} ${styles[look]} ${styles.square}`}
      aria-label={label}
      title={label}
    >
      <Icon name={icon} size={18} />
    </button>
  )
}

/** A link to another page of the application that looks like a button. */
export function ButtonLink({ look = 'default', icon, children, ...rest }: Common & LinkProps & { children: string }) {
  return (
    <Link {...rest} className={`${styles.button} ${styles[look]}`}>
      {icon === undefined ? undefined : <Icon name={icon} />}
      {children}
    </Link>
  )
}

/** The same for an address outside the router: a download or an artefact. */
export function ButtonAnchor({
  look = 'default',
  icon,
  children,
  ...rest
}: Common & Omit<ComponentProps<'a'>, 'className'>) {
  return (
    <a {...rest} className={`${styles.button} ${styles[look]}`}>
      {icon === undefined ? undefined : <Icon name={icon} />}
      {children}
    </a>
  )
}
