import { EventEmitter } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { Readable } from 'node:stream'
import { network } from '../../src/http/guarded-fetch.ts'

const PUBLIC = { address: '11.22.33.44', family: 4 }

/** What stands at https addresses, in place of the network. Anything else there cannot be reached. */
export interface Outside {
  /** A document, or what makes an answer. */
  documents: Map<string, unknown>
  /** Every address that was asked for. */
  fetched: string[]
  restore(): void
}

/** Puts documents in place of the network, for all of this process. */
export function stubOutside(): Outside {
  const before = { ...network }
  const documents = new Map<string, unknown>()
  const fetched: string[] = []

  async function answerFrom(url: string): Promise<IncomingMessage> {
    const found = documents.get(url)
    if (found === undefined) throw new Error('connect ECONNREFUSED')
    const answer: Response = typeof found === 'function' ? await found() : Response.json(found)
    const body = Readable.from(answer.body ?? [], { objectMode: false })
    return Object.assign(body, { statusCode: answer.status, headers: Object.fromEntries(answer.headers) }) as never
  }

  network.lookup = async () => [PUBLIC]
  network.request = ((options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => {
    const url = `https://${(options.headers as Record<string, string>).host}${options.path}`
    const request = new EventEmitter()
    const end = () => {
      fetched.push(url)
      answerFrom(url).then(onAnswer, error => request.emit('error', error))
    }
    return Object.assign(request, { end }) as unknown as ClientRequest
  }) as typeof network.request

  return { documents, fetched, restore: () => void Object.assign(network, before) }
}
