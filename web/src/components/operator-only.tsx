// What stands where only administrators may look or act: which right is missing, and the ways to have it.
import { useRouterState } from '@tanstack/react-router'
import { useCaller, useIsRefused } from '../data/operator.ts'
import { AdminKeyForm } from './admin-key-form.tsx'
import { ButtonLink } from './button.tsx'
import { Notice } from './notice.tsx'

/** Whether a failure says that the caller is no administrator. */
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

/** Beside buttons that the server would refuse; nothing for administrators. @param what 'Starting an episode' */
export function AdministratorNeeded({ what }: { what: string }) {
  const isRefused = useIsRefused()
  const caller = useCaller()
  // Without what stands behind the `#`: a slot's token may.
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
