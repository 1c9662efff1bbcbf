// The chat's own texts. Pages in another language provide their own.
import { createContext, useContext } from 'react'

export const CHAT_WORDS = {
  composer: 'What your character does',
  commands: 'Commands',
  finish: 'End the game and give your answer',
  abilities: 'What your character can do',
  help: 'The rules in short',
  hint: 'Enter sends. Shift Enter breaks the line.',
  send: 'Send',
  turn: 'Turn',
  notPlayed: 'Not played',
  cost: 'costs a retry, not a turn',
  edit: 'Edit and try again',
  sent: 'Sent.',
  reading: 'The referees are reading it.',
  slow: 'Slower than usual. Trying again costs you nothing.',
  reconnecting: 'The connection was lost. Reconnecting; your text is kept.',
  opening: 'The game is opening.',
  writeAhead: 'Write ahead; you can send when the answer is here.',
}

export type ChatWords = typeof CHAT_WORDS

export const ChatWordsContext = createContext<ChatWords>(CHAT_WORDS)
export const useChatWords = (): ChatWords => useContext(ChatWordsContext)
