// The error page: what happened, what is preserved, what to do. 403 and 404 have their own texts.
import type { ErrorComponentProps } from '@tanstack/react-router'
import { ClientError } from 'paracosm/client'
import { Button, ButtonLink } from '../components/button.tsx'
import { Notice } from '../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../components/page.tsx'
import { codeOf } from '../data/query-client.ts'
import { NotFoundPage } from './not-found-page.tsx'

export function ErrorPage({ error, reset }: Pick<ErrorComponentProps, 'error' | 'reset'>) {
  const { title, text } = explain(error)
  useTitle(title)
  if (error instanceof ClientError && error.code === 'NOT_FOUND') return <NotFoundPage />
  return (
    <ReadingPage>
      <PageTitle>{title}</PageTitle>
      <Notice
        code={codeOf(error)}
        actions={
          <>
            <Button look="primary" onClick={reset}>
              Try again
            </Button>
            <ButtonLink to="/">Go to the home page</ButtonLink>
          </>
        }
      >
        {text}
      </Notice>
    </ReadingPage>
  )
}

interface Explanation {
  readonly title: string
  readonly text: string
}

/** A title and sentences for any error of a page. */
export function explain(error: unknown): Explanation {
  if (!(error instanceof ClientError)) {
    // A chunk of an older build that the server no longer has also fails here: a reload fixes it.
    return {
      title: 'This page failed',
      text: 'Nothing on the server was changed. Reload the page; if it fails again, report the code below.',
    }
  }
  const hint = error.problem?.hint
  const text = hint === undefined ? asSentence(error.message) : `${asSentence(error.message)} ${hint}`
  if (error.code === 'FORBIDDEN' || error.code === 'UNAUTHORIZED') {
    return { title: 'You may not see this page', text: `${text} The account page says which role opens it.` }
  }
  if (error.code === 'UNREACHABLE' || error.code === 'TIMEOUT') {
    return {
      title: 'The server does not answer',
      text: 'The page tries again when it is back. What you typed is kept.',
    }
  }
  return { title: 'The server could not answer', text }
}

/** With a capital and a full stop. */
export const asSentence = (text: string): string => {
  const upper = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(upper) ? upper : `${upper}.`
}
