// A language model for tests: an OpenAI-compatible HTTP server on a free port whose answers, correct or not, the test
// defines.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** The answer to one request. */
export type ModelAnswer =
  | { readonly kind: 'text'; readonly text: string; readonly usage?: object }
  /** A status with headers and any body. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** The body verbatim, with status 200. */
  | { readonly kind: 'body'; readonly body: string }
  /** The headers and half a body; then the connection breaks. */
  | { readonly kind: 'half' }
  /** Never answers. */
  | { readonly kind: 'never' }

/** A request to the model. */
export interface Asked {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly stream?: boolean
  readonly response_format?: object
}

export interface ModelServer {
  /** Base URL, with /v1. */
  readonly url: string
  readonly asked: readonly Asked[]
  /** The Authorization headers, in order. */
  readonly keys: readonly (string | undefined)[]
  close(): Promise<void>
}

/** @param answer called for each request, in order of arrival; may be asynchronous */
export async function startModelServer(
  answer: (asked: Asked, index: number) => ModelAnswer | string | Promise<ModelAnswer | string>,
): Promise<ModelServer> {
  const asked: Asked[] = []
  const keys: (string | undefined)[] = []
  const server: Server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy())
  })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    if (request.url !== '/v1/chat/completions') {
      response.writeHead(404).end()
      return
    }
    const question: Asked = JSON.parse(Buffer.concat(chunks).toString())
    asked.push(question)
    keys.push(request.headers.authorization)
    const given = await answer(question, asked.length - 1)
    send(response, question, typeof given === 'string' ? { kind: 'text', text: given } : given)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    keys,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function send(response: ServerResponse, asked: Asked, answer: ModelAnswer): void {
  switch (answer.kind) {
    case 'never':
      return
    case 'half':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"choices":[{"message":{"content":"Half a')
      response.destroy()
      return
    case 'status':
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
      response.end(answer.body ?? JSON.stringify({ error: { message: `status ${answer.status}` } }))
      return
    case 'body':
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(answer.body)
      return
    case 'text':
      sendText(response, asked, answer)
  }
}

function sendText(response: ServerResponse, asked: Asked, answer: { text: string; usage?: object }): void {
  const usage = answer.usage ?? { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  if (!asked.stream) {
    response.writeHead(200, { 'content-type': 'application/json' })
    const message = { role: 'assistant', content: answer.text }
    response.end(
      JSON.stringify({
        id: 'test',
        model: asked.model,
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage,
      }),
    )
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const chunk = (body: object): void => void response.write(`data: ${JSON.stringify(body)}\n\n`)
  for (const piece of answer.text.match(/.{1,8}/gsu) ?? []) {
    chunk({ id: 'test', model: asked.model, choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] })
  }
  chunk({ id: 'test', model: asked.model, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  chunk({ id: 'test', model: asked.model, choices: [], usage })
  response.end('data: [DONE]\n\n')
}
