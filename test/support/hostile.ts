import { connect } from 'node:net'
import type { ExecutionContext } from 'ava'
import type { Answer } from './client.ts'
import { cpuTime } from './cpu-time.ts'

/** What no request may ever be answered with in another place than inside quotes: it would run. */
export const MARKUP = '"><script>alert(1)</script>'

/** Sends bytes that no HTTP client would. @returns all that comes back until the connection ends */
export function sendRaw({ url }: { url: string }, request: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request))
    let answer = ''
    socket.on('data', data => {
      answer += data
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

/** The stable code that a page of ours names. */
export const codeOf = ({ text }: Pick<Answer, 'text'>): string => /Code: <code>(.*?)<\/code>/.exec(text)?.[1] ?? ''

/**
 * What became of an application's request: `asks` the user; `back CODE` to the application, at the address registered for
 * it; a page or JSON of ours as `STATUS CODE`. Whatever else there is, and above all a redirect elsewhere, is spelled out.
 */
export function verdict(answer: Answer, callback: string): string {
  const { status, headers, json } = answer
  const location = headers.get('location')
  if (location === null) return `${status} ${json?.error ?? json?.code ?? codeOf(answer)}`.trim()
  if (/^\/oauth2\/consent\/[\w-]{43}$/.test(location)) return 'asks'
  const [, parameters] = location.startsWith(callback) ? /^[?#](.*)$/.exec(location.slice(callback.length)) || [] : []
  return parameters === undefined
    ? `${status} to ${location}`
    : `back ${new URLSearchParams(parameters).get('error') ?? 'without error'}`
}

/** That it is a page which nobody frames, keeps or learns the address of. */
export function checkPage(t: ExecutionContext, { headers }: Answer, what: string): void {
  t.regex(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/, what)
  t.deepEqual(
    ['x-frame-options', 'cache-control', 'referrer-policy', 'x-content-type-options'].map(name => headers.get(name)),
    ['DENY', 'no-store', 'no-referrer', 'nosniff'],
    what,
  )
}

/** Milliseconds of processor time that each of `times` requests costs. */
export async function costOf(request: () => Promise<unknown>, times = 3): Promise<number> {
  await request()
  const all = await cpuTime(async () => {
    for (let i = 0; i < times; i++) await request()
  })
  return all / times
}
