// 404: nothing is at this address. Offers to search for the last part of it.
import { useRouterState } from '@tanstack/react-router'
import { Button, ButtonLink } from '../components/button.tsx'
import { Notice } from '../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../components/page.tsx'
import { openPalette, queryStore } from './palette-store.ts'

export function NotFoundPage() {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const last = lastPart(path)
  useTitle('Not found')
  const search = (): void => {
    queryStore.set(last)
    openPalette()
  }
  return (
    <ReadingPage>
      <PageTitle>There is nothing at this address</PageTitle>
      <Notice
        code={`404 ${path}`}
        actions={
          <>
            <Button look="primary" icon="search" onClick={search}>{`Search for “${last}”`}</Button>
            <ButtonLink to="/">Go to the home page</ButtonLink>
          </>
        }
      >
        It may have been removed, or the address may be mistyped.
      </Notice>
    </ReadingPage>
  )
}

const MAX_SHOWN = 40

function lastPart(path: string): string {
  const part = path.split('/').findLast((each) => each !== '') ?? ''
  try {
    return decodeURIComponent(part).slice(0, MAX_SHOWN)
  } catch {
    return part.slice(0, MAX_SHOWN)
  }
}
