// Participant pages without a browser: answers, arrival links, languages, progress.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FormQuestion, StudyForm } from '../../src/protocol/experiment-form.ts'
import { readArrival } from '../../web/src/data/arrival.ts'
import { faultsOf, toResponses } from '../../web/src/pages/study/answers.ts'
import { stepOf } from '../../web/src/pages/study/progress.ts'
import { LANGUAGES, languageOf } from '../../web/src/pages/study/words.ts'

const question = (key: string, given: Partial<FormQuestion>): FormQuestion => ({
  key,
  prompt: key,
  answer_type: 'string',
  options: null,
  required: false,
  ...given,
})
const form: StudyForm = {
  name: 'intake',
  before_or_after: 'before',
  questions: [
    question('welcome', { answer_type: null }),
    question('age', { answer_type: 'number', required: true }),
    question('often', { answer_type: 'single_choice', options: [1, true, 'often'], required: true }),
    question('tools', { answer_type: 'multi_choice', options: ['a', 'b', 'c'] }),
    question('sure', { answer_type: 'bool', required: true }),
    question('note', { required: true }),
  ],
}

test('study answers: unanswered required questions and invalid numbers are named', () => {
  assert.deepEqual(
    [...faultsOf([form], {})],
    [
      ['intake/age', 'missing'],
      ['intake/often', 'missing'],
      ['intake/sure', 'missing'],
      ['intake/note', 'missing'],
    ],
  )
  const drafts = { 'intake/age': '4o', 'intake/often': 0, 'intake/sure': false, 'intake/note': '  ' }
  assert.deepEqual(
    [...faultsOf([form], drafts)],
    [
      ['intake/age', 'number'],
      ['intake/note', 'missing'],
    ],
  )
})

test('study answers: sent answers have the options as written in the study, and no unanswered questions', () => {
  const drafts = {
    'intake/age': ' 40 ',
    'intake/often': 1,
    'intake/tools': [2, 0],
    'intake/sure': false,
    'other/age': '1',
  }
  assert.deepEqual(toResponses([form], drafts), {
    intake: { age: '40', often: true, tools: ['a', 'c'], sure: false },
  })
})

test('study arrival: ids of platforms stay text, the secret and the language are separated, odd names are dropped', () => {
  const { token, external, language } = readArrival('?PROLIFIC_PID=5e12&STUDY_ID=007&token=s-1&lang=es&%20x=1&_y=2')
  assert.deepEqual(
    { token, external, language },
    {
      token: 's-1',
      external: { PROLIFIC_PID: '5e12', STUDY_ID: '007' },
      language: 'es',
    },
  )
})

test('study language: the first supported one is used, and both languages have every text', () => {
  assert.equal(languageOf([undefined, 'fr', 'es-MX', 'en']).id, 'es')
  assert.equal(languageOf(['fr']).id, 'en')
  const [english, spanish] = LANGUAGES.map(({ words }) => words)
  assert.deepEqual(Object.keys(spanish!).toSorted(), Object.keys(english!).toSorted())
  for (const [name, word] of Object.entries(spanish!)) assert.notEqual(word, '', name)
})

test('study progress: conversations are counted from one, up to the last', () => {
  const { words } = LANGUAGES[0]
  const at = (stage: 'consent' | 'session' | 'forms' | 'finished', completed: number) =>
    stepOf({ stage, completed, maximum: 2 }, words)
  assert.deepEqual(at('consent', 0), { words: 'Before you begin', done: 0, total: 3 })
  assert.deepEqual(at('session', 0), { words: 'Conversation 1 of 2', done: 1, total: 3 })
  assert.deepEqual(at('session', 1), { words: 'Conversation 2 of 2', done: 2, total: 3 })
  assert.deepEqual(at('finished', 2), { words: 'Finished', done: 3, total: 3 })
})
