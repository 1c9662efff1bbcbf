// The browser view of the foundry, for viewers and, with `send`, for players.

import { adoptSheet, h } from '../../../kernel/view/dom.ts'
import type { ViewModule } from '../../../kernel/view.ts'
import { Editor } from './editor.ts'
import { EDITOR_SHEET } from './editor-sheet.ts'
import { SHEET } from './sheet.ts'
import { type Tools, Viewer } from './viewer.ts'

export const view: ViewModule = {
  mount(element, source) {
    const dropSheet = adoptSheet(SHEET + EDITOR_SHEET)
    const host = h('div', { class: 'fv-stage' })
    const root = h('div', { class: source.send ? 'foundry-view editing' : 'foundry-view' }, host)
    element.append(root)
    const { send } = source
    const makeTools = (viewer: Viewer): Tools => {
      const editor = new Editor(viewer, (command) => send?.call(source, command))
      root.prepend(editor.toolbox.palette)
      host.append(editor.toolbox.tools, editor.toolbox.confirm)
      return editor
    }
    const viewer = new Viewer(host, source, send ? makeTools : undefined)
    return () => {
      viewer.dispose()
      root.remove()
      dropSheet()
    }
  },
}
