// The three roles: what each may do, whether this page has it, and how to get it.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AdminKeyForm } from '../../components/admin-key-form.tsx'
import { Button, ButtonAnchor } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { callerQuery, giveOperatorKey, operatorKeyStore } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './roles.module.css'

const route = getRouteApi('/account')

export function Roles({ isPlayer }: { isPlayer: boolean }) {
  const key = useStore(operatorKeyStore)
  const { data: caller, error } = useQuery(callerQuery(key))
  const { back } = route.useSearch()
  const by = caller?.administrator ?? null
  return (
    <Section title="Roles">
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      {back !== undefined && by !== null ? (
        <Notice actions={<ButtonAnchor href={back}>Back to the page you came from</ButtonAnchor>}>
          You are an administrator of this server.
        </Notice>
      ) : undefined}
      <ul className={styles.roles}>
        <Role name="Player" has={isPlayer}>
          Starts text games, continues their own sessions, and plays any slot whose link they have. Registering makes
          you one.
        </Role>
        <Role name="Researcher" has={by === 'key'}>
          Adds studies, follows their participants, and exports what they gave. Researchers use the admin key, wherever
          they are.
        </Role>
        <Role name="Administrator" has={by !== null}>
          Starts, forks, paces and stops episodes, hands slots over, builds in the foundry, reads the command log, edits
          characters, and operates the server. You are one on the server’s own machine, or with the admin key.
          <Standing by={by} hasKey={caller?.has_admin_key} />
        </Role>
      </ul>
    </Section>
  )
}

function Role({ name, has, children }: { name: string; has: boolean; children: ReactNode }) {
  return (
    <li className={styles.role}>
      <h3>
        {name} {has ? <Chip kind="proved">Yours</Chip> : <Chip kind="plain">Not yours</Chip>}
      </h3>
      <div className={styles.text}>{children}</div>
    </li>
  )
}

function Standing({ by, hasKey }: { by: 'machine' | 'key' | null; hasKey: boolean | undefined }) {
  if (by === 'key') {
    return (
      <p className={styles.standing}>
        This tab has the admin key until you close it.{' '}
        <Button onClick={() => giveOperatorKey(undefined)}>Forget the admin key</Button>
      </p>
    )
  }
  return (
    <div className={styles.standing}>
      {by === 'machine' ? <p>You are on the server’s own machine.</p> : undefined}
      {hasKey === true ? <AdminKeyForm /> : undefined}
      {hasKey === false ? (
        <p>
          This server was started without an admin key. <code>paracosm admin keygen</code> makes one, and{' '}
          <code>paracosm serve --admin-key</code> takes it.
        </p>
      ) : undefined}
    </div>
  )
}
