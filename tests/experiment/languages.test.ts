// Messages to participants in their language: the same formats and statuses, different sentences.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStudyClient } from '../../src/client/index.ts'
import { answerForm } from '../../src/experiment/forms/answers.ts'
import { chooseLanguage } from '../../src/experiment/words/language.ts'
import { SAY } from '../../src/experiment/words/sentences.ts'
import { post } from '../../src/testing/play-api.ts'
import { onSqlite } from '../../src/testing/stores.ts'
import { ADMIN_KEY } from '../sessions/session-server.ts'
import { EXPERIMENT, RUN, startStudyServer } from './study-server.ts'

test('languages: `lang` overrides Accept-Language, ranges count by quality, and English is the fallback', () => {
  for (const [lang, accepted, chosen] of [
    [undefined, undefined, 'en'],
    [undefined, '*', 'en'],
    [undefined, 'es-MX,es;q=0.9,en;q=0.8', 'es'],
    [undefined, 'en;q=0.2, es;q=0.7', 'es'],
    [undefined, 'es;q=0, en', 'en'],
    [undefined, 'de-DE, fr;q=0.9, es;q=0.1', 'es'],
    [undefined, 'es;q=zero;;,,', 'es'],
    ['es', 'en', 'es'],
    ['ES_mx', undefined, 'es'],
    ['de', 'es', 'es'],
    ['', 'es', 'es'],
  ] as const)
    assert.equal(chooseLanguage(lang, accepted), chosen, `${lang} ${accepted}`)
})

test('languages: every sentence has two versions, and both name their subject', () => {
  for (const [name, said] of Object.entries(SAY)) {
    const { en, es } = typeof said === 'function' ? said('X9' as never) : said
    assert.ok(en !== es && es !== '', name)
    assert.equal(es.includes('X9'), en.includes('X9'), name)
  }
  const form = { name: 'f', phase: { kind: 'experiment', when: 'before' }, questions: [] } as const
  const answered = answerForm(form, { f: [] })
  assert.ok(!answered.ok && answered.fault.sentence.es.startsWith('Las respuestas'))
})

onSqlite('languages: refusals and errors of fields and answers are in Spanish on request', async (store, services) => {
  const files = [
    { path: 'two-games.yml', text: EXPERIMENT.replace('open_link: false', 'open_link: true') },
    { path: 'two-minds.yml', text: RUN },
  ]
  const server = await startStudyServer(store, { files })
  services.atEnd(() => server.close())
  const { body: joinedRun } = await post(server, '/api/studies/Two%20minds/join', {})
  const key: string = joinedRun.api_key
  const submit = (
    headers: Record<string, string>,
    query = '',
    body: unknown = { group_id: 'nothing', responses: {} },
  ) =>
    fetch(`${server.url}/api/run/forms/submit${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(body),
    })
  const english = await submit({})
  assert.equal(english.headers.get('content-language'), 'en')
  assert.deepEqual(await english.json(), { detail: 'The forms "nothing" are not waiting for answers.' })
  const spanish = await submit({ 'accept-language': 'es-AR,es;q=0.9,en;q=0.1' })
  assert.deepEqual([spanish.status, spanish.headers.get('content-language')], [400, 'es'])
  assert.equal(spanish.headers.get('vary'), 'accept-language')
  assert.deepEqual(await spanish.json(), { detail: 'Los formularios "nothing" no esperan respuestas.' })
  const answer = { group_id: 'before_all_assignments', responses: { consent: {} } }
  assert.deepEqual(await (await submit({}, '?lang=es', answer)).json(), {
    detail: 'Falta una respuesta obligatoria en la pregunta: ok',
  })
  const faults = await submit({}, '?lang=es', { group_id: '' })
  assert.equal(faults.status, 422)
  assert.deepEqual(await faults.json(), {
    detail: [
      { type: 'too_small', loc: ['body', 'group_id'], msg: 'El valor es demasiado corto o pequeño', input: null },
      { type: 'missing', loc: ['body', 'responses'], msg: 'Falta este campo', input: null },
    ],
  })
  const stranger = await submit({ authorization: 'Bearer nobody' }, '?lang=es')
  assert.deepEqual([stranger.status, await stranger.json()], [401, { detail: 'Clave de acceso no válida' }])
  const research = await fetch(`${server.url}/api/research/studies/Two%20games/close?lang=es`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  })
  assert.equal(research.status, 200)
  const joined = await createStudyClient({ url: server.url }, 'Two games').join()
  const client = createStudyClient({ url: server.url, key: joined.api_key, language: 'es' }, 'Two games')
  await assert.rejects(client.answer('before', {}), { message: SAY.needsConsent.es })
  await client.consent({ version: '1', signature: 'Rosa' })
  await assert.rejects(client.answer('before', {}), { message: SAY.closed.es })
})
