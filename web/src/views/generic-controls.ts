// Controls for a person who plays a world without a view of its own: a button for each command that needs one press,
// and a form for the others. Plain DOM, because the application and the pages of the coworld contract both show them.
import type { JsonObject } from 'paracosm/protocol'
import {
  type CommandChoice,
  type CommandField,
  choicesOf,
  commandOf,
  FieldFault,
  pressesOf,
  readable,
} from './command-fields.ts'
import type { ControlWords } from './control-words.ts'

interface Controls {
  readonly words: ControlWords
  send(command: JsonObject): void
}

/** @param schema the JSON Schema of the world's commands */
export function createControls(schema: JsonObject, controls: Controls): HTMLElement {
  const { words, send } = controls
  const root = create('section', { className: 'generic-controls', ariaLabel: words.commands })
  const choices = choicesOf(schema)
  const presses = choices.flatMap(pressesOf)
  const forms = choices.filter((choice) => pressesOf(choice).length === 0)
  const row = create('div', { className: 'generic-presses' })
  for (const { label, command } of presses) {
    const button = create('button', { type: 'button', textContent: label })
    button.addEventListener('click', () => send(command))
    row.append(button)
  }
  if (presses.length > 0) root.append(row)
  const [first] = forms
  if (!first) return root
  let form = createForm(first, controls)
  const choose = (chosen: CommandChoice): void => {
    const next = createForm(chosen, controls)
    form.replaceWith(next)
    form = next
  }
  if (forms.length > 1) root.append(createChoice(words.command, forms, choose))
  root.append(form)
  return root
}

function create<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties)
}

function createChoice(
  name: string,
  forms: readonly CommandChoice[],
  onChoose: (form: CommandChoice) => void,
): HTMLElement {
  const select = create('select')
  for (const [index, { label }] of forms.entries()) select.append(new Option(label, String(index)))
  select.addEventListener('change', () => {
    const chosen = forms[Number(select.value)]
    if (chosen) onChoose(chosen)
  })
  return labelled(name, undefined, select)
}

function labelled(name: string, help: string | undefined, input: HTMLElement): HTMLElement {
  const label = create('label')
  label.append(create('span', { textContent: name }), input)
  if (help !== undefined) label.append(create('small', { textContent: help }))
  return label
}

function createForm(choice: CommandChoice, { words, send }: Controls): HTMLFormElement {
  const form = create('form')
  const inputs = choice.fields.map((field) => [field, createInput(field, words)] as const)
  for (const [{ name, help }, input] of inputs)
    form.append(labelled(name === '' ? 'JSON' : readable(name), help, input))
  const fault = create('p', { role: 'alert' })
  form.append(create('button', { type: 'submit', textContent: words.send }), fault)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    fault.textContent = ''
    try {
      send(commandOf(choice, Object.fromEntries(inputs.map(([{ name }, input]) => [name, input.value]))))
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error
      fault.textContent = words.notJson(readable(error.field))
    }
  })
  return form
}

function createInput(
  { isRequired, input }: CommandField,
  words: ControlWords,
): HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
  if (input.kind === 'choice' || input.kind === 'switch') {
    const select = create('select', { required: isRequired })
    if (!isRequired) select.append(new Option('–', ''))
    if (input.kind === 'switch') select.append(new Option(words.no, 'false'), new Option(words.yes, 'true'))
    else
      for (const [index, option] of input.options.entries())
        select.append(new Option(readable(String(option)), String(index)))
    return select
  }
  if (input.kind === 'json') return create('textarea', { required: isRequired, rows: 3, placeholder: 'JSON' })
  if (input.kind === 'text') {
    const { maxLength = -1 } = input
    return create('input', { type: 'text', required: isRequired, ...(maxLength < 0 ? {} : { maxLength }) })
  }
  const { isWhole, minimum, maximum } = input
  return create('input', {
    type: 'number',
    required: isRequired,
    step: isWhole ? '1' : 'any',
    ...(minimum === undefined ? {} : { min: String(minimum) }),
    ...(maximum === undefined ? {} : { max: String(maximum) }),
  })
}
