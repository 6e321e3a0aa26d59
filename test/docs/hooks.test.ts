import test from 'ava'
import { basic, ME } from '../support/client.ts'
import { blocks } from '../support/markdown.ts'
import { startSite } from '../support/site.ts'

test('the examples of docs/adapt/hooks.md receive events and decide', async t => {
  const site = await startSite(t)
  const said: string[] = []
  const [events = '', filters = ''] = blocks('docs/adapt/hooks.md', 'ts')
  const examples = new Function('connect', 'console', events + filters)
  const owner = await site.client('admin')
  const sam = await site.client('sam')
  const ofSam = await sam.createPassword('Before')
  examples(site.connect, { log: (line: string) => said.push(line) })

  const script = await site.client()
  const office = await owner.createPassword('Office printer')
  await script.get(ME, { headers: basic('someone', 'x') })
  t.deepEqual(said, [
    'mail to admin@example.com: an application password named "Office printer" was made',
    'refused "someone" from 127.0.0.1: incorrect_password',
  ])

  // In the office, and not.
  t.is((await script.get(ME, { headers: basic('admin', office.password) })).status, 200)
  t.is((await site.connect.verifyCredentials('admin', office.password, '203.0.113.9')).user.login, 'admin')
  await t.throwsAsync(site.connect.verifyCredentials('admin', office.password, '192.0.2.1'), {
    code: 'incorrect_password',
  })
  const home = await owner.createPassword('Home')
  t.is((await site.connect.verifyCredentials('admin', home.password, '192.0.2.1')).user.login, 'admin')

  // A subscriber has none any more.
  const refused = await script.get(ME, { headers: basic('sam', ofSam.password) })
  t.is(refused.json.code, 'incorrect_password')
})
