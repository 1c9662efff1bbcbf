// Who you are, your key, your data; without a key: register, or paste one. Then the roles, and what each may do.
import { useQuery } from '@tanstack/react-query'
import { Button, ButtonLink } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { accountQuery, keyStore, signIn } from '../../data/account.ts'
import { createStore, useStore } from '../../data/store.ts'
import { explain } from '../../shell/error-page.tsx'
import { Roles } from './roles.tsx'
import { SignIn } from './sign-in.tsx'

/** Whether the key is visible; reset when the page is left. */
const shownStore = createStore(false)

export function AccountPage() {
  useTitle('Account')
  const key = useStore(keyStore)
  const { data: account, error, isPending } = useQuery(accountQuery(key))
  if (error) return <Failed error={error} />
  return (
    <ReadingPage>
      <PageTitle>Account</PageTitle>
      {isPending ? undefined : account && key !== undefined ? (
        <SignedIn name={account.full_name} id={account.player_id} accessKey={key} />
      ) : (
        <>
          {key === undefined ? undefined : (
            <Notice actions={<Button onClick={() => signIn(undefined)}>Forget this key</Button>}>
              This server does not know the key that this browser keeps.
            </Notice>
          )}
          <Section title="Become a player">
            <SignIn />
          </Section>
        </>
      )}
      <Roles isPlayer={Boolean(account)} />
    </ReadingPage>
  )
}

function Failed({ error }: { error: unknown }) {
  return (
    <ReadingPage>
      <PageTitle>Account</PageTitle>
      <Notice>{explain(error).text}</Notice>
    </ReadingPage>
  )
}

function SignedIn({ name, id, accessKey }: { name: string; id: string; accessKey: string }) {
  const isShown = useStore(shownStore)
  return (
    <>
      <Section title="Who you are">
        <p>{name}, a player of this server. Players start text games and continue their own sessions.</p>
        <p>
          <code>{id}</code>
        </p>
      </Section>
      <Section title="Your key">
        <p>
          Anyone with this key can act as you. Paste it in another browser to continue there; it is not stored anywhere
          else.
        </p>
        {isShown ? <CopyLine text={accessKey} label="Copy the key" /> : undefined}
        <p>
          <Button onClick={() => shownStore.set(!isShown)}>{isShown ? 'Hide the key' : 'Show the key'}</Button>{' '}
          <Button
            onClick={() => {
              shownStore.set(false)
              signIn(undefined)
            }}
          >
            Sign out
          </Button>
        </p>
      </Section>
      <Section title="Your data">
        <p>Your sessions, with everything that was said in them, are listed on the page of the text games.</p>
        <p>
          <ButtonLink to="/play">Your sessions</ButtonLink>
        </p>
      </Section>
    </>
  )
}
