// A notice where only administrators may look or act: which right is missing, and how to get it.
import { useRouterState } from '@tanstack/react-router'
import { useCaller, useIsRefused } from '../data/operator.ts'
import { AdminKeyForm } from './admin-key-form.tsx'
import { ButtonLink } from './button.tsx'
import { Notice } from './notice.tsx'

/** Whether an error code means that the caller is not an administrator. */
export const isOperatorOnly = (code: string): boolean =>
  code === 'LOCAL_ONLY' || code === 'FORBIDDEN' || code === 'UNAUTHORIZED'

/** In place of a page. @param what begins the sentence: 'The command log' */
export function OperatorOnly({ what }: { what: string }) {
  return (
    <>
      <Notice code="LOCAL_ONLY">
        {what} is for the administrators of this server. Open this page on the server’s own machine, or give the key
        that the server was started with (<code>paracosm serve --admin-key</code>).
      </Notice>
      <AdminKeyForm />
    </>
  )
}

/** Next to buttons that the server would refuse; nothing for administrators. @param what 'Starting an episode' */
export function AdministratorNeeded({ what }: { what: string }) {
  const isRefused = useIsRefused()
  const caller = useCaller()
  // Without the part after `#`, which may contain a slot's token.
  const here = useRouterState({ select: ({ location }) => location.pathname + location.searchStr })
  if (!isRefused) return undefined
  return (
    <Notice
      actions={
        caller?.has_admin_key === true ? (
          <ButtonLink to="/account" search={{ back: here }}>
            Give the administrator’s key
          </ButtonLink>
        ) : undefined
      }
    >
      {what} needs an administrator.{' '}
      {caller?.has_admin_key === true
        ? 'Open this page on the server’s own machine, or give the key of an administrator.'
        : 'This server was started without an admin key, so only its own machine can do it.'}
    </Notice>
  )
}
