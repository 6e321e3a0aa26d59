import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test from 'ava'
import { cpuTime } from '../support/cpu-time.ts'

const EXAMPLE = new URL('../../examples/strapi/src/middlewares/connect.js', import.meta.url)
const GUIDE = new URL('../../docs/start/strapi.md', import.meta.url)

type Middleware = (ctx: object, next: () => string) => string

const passedOn = (authorization: string): string => {
  const strapi = { get: () => ({ middleware: (): Middleware => () => 'asked who is calling' }) }
  const middleware: Middleware = createRequire(import.meta.url)(EXAMPLE.pathname)({}, { strapi })
  return middleware({ path: '/api/posts', get: () => authorization, state: {} }, () => 'left to Strapi')
}

test('the middleware leaves only Strapi’s own tokens to Strapi', t => {
  t.is(passedOn('Bearer eyJh.eyJp.c2ln'), 'left to Strapi')
  t.is(passedOn(`bearer ${'a0'.repeat(128)}`), 'left to Strapi')
  for (const other of ['', 'Basic YTpi', `Bearer ${'a'.repeat(43)}`, 'Bearer a.b', 'Bearer a.b.c d']) {
    t.is(passedOn(other), 'asked who is calling', other)
  }
})

test.serial('text that only looks like a Strapi token costs no time', async t => {
  const texts = [`${'.'.repeat(1000)} x`, `${'a.'.repeat(500)} x`, `${' '.repeat(15_000)}.`]
  t.true((await cpuTime(() => texts.map(text => passedOn(`Bearer ${text}`)))) < 100)
})

test('the guide has the same code', t => {
  const [pattern = ''] = /^const STRAPIS_TOKEN = .*$/m.exec(readFileSync(EXAMPLE, 'utf8')) ?? []
  t.true(readFileSync(GUIDE, 'utf8').includes(`\n${pattern}\n`))
})
