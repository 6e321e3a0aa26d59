import test from 'ava'
import { APPLICATION_PASSWORDS, basic, ME } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('20 passwords created at once: all 20 are listed and all 20 work', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const nonce = await owner.nonce()
  const script = await site.client()
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      owner.send('POST', APPLICATION_PASSWORDS, { headers: { 'x-wp-nonce': nonce }, json: { name: `app ${i}` } }),
    ),
  )
  t.true(made.every(({ status }) => status === 201))
  t.is((await owner.rest('GET', APPLICATION_PASSWORDS)).json.length, 20)
  const uses = await Promise.all(made.map(({ json }) => script.get(ME, { headers: basic('admin', json.password) })))
  t.is(uses.filter(({ status }) => status === 200).length, 20)
})

test('60 trials: a password revoked while three others are first used never works again', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const script = await site.client()
  const nonce = await owner.nonce()
  const headers = { 'x-wp-nonce': nonce }
  let revokedThatWork = 0
  let othersThatWork = 0
  for (let trial = 0; trial < 60; trial++) {
    const [revoked, ...others] = await Promise.all(
      [0, 1, 2, 3].map(async i => {
        const { json } = await owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name: `${trial}.${i}` } })
        return json as { uuid: string; password: string }
      }),
    )
    if (!revoked) throw new Error('nothing was made')
    const use = (password: string) => script.get(ME, { headers: basic('admin', password) })
    await Promise.all([
      ...others.map(other => use(other.password)),
      owner.send('DELETE', `${APPLICATION_PASSWORDS}/${revoked.uuid}`, { headers }),
    ])
    await site.connect.close() // writes the last uses, which is when WordPress brings the revoked one back
    if ((await use(revoked.password)).status === 200) revokedThatWork++
    for (const other of others) if ((await use(other.password)).status === 200) othersThatWork++
  }
  t.is(revokedThatWork, 0)
  t.is(othersThatWork, 180)
})

test('a password revoked while a batch of its uses is pending stays revoked', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const script = await site.client()
  const { uuid, password } = await owner.createPassword()
  await script.get(ME, { headers: basic('admin', password) })
  await owner.rest('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`)
  await site.connect.close()
  t.deepEqual((await owner.rest('GET', APPLICATION_PASSWORDS)).json, [])
  t.is((await script.get(ME, { headers: basic('admin', password) })).status, 401)
})

test('of two concurrent revocations of one password, only one succeeds', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { uuid } = await owner.createPassword()
  const both = await Promise.all([0, 1].map(() => owner.rest('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`)))
  t.deepEqual(both.map(({ status }) => status).sort(), [200, 404])
})
