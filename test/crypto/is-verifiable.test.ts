import { readFileSync } from 'node:fs'
import test from 'ava'
import { hashArgon2id } from '../../src/crypto/argon2id.ts'
import { isVerifiable } from '../../src/crypto/is-verifiable.ts'

const vectors: { hash: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/password-hashes.json', import.meta.url), 'utf8'),
)

test('every real hash is verifiable', async t => {
  for (const { hash } of vectors) t.true(isVerifiable(hash), hash)
  t.true(isVerifiable(await hashArgon2id('x')))
  t.true(
    isVerifiable('$argon2id$v=19$m=65536,t=4,p=1$UTZNcXNsZTRlb3FOTzBkaQ$yg0kYk8aUJ6kL7ep7h9kV3Hqf1oXq0oZQ5Jr9m2mJ4E'),
    'PHP’s own',
  )
})

test('a hash that is truncated, in an unknown format or too expensive is not verifiable', t => {
  const bcrypt = 'R7CajPKFeGlFEuGm31Jp6.Bbd7Nns9LqLL92Y2M3TcP/CjA6lkvwy'
  const argon2 = (cost: string) => `$argon2id$v=19$${cost}$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo`
  const notTaken = [
    '',
    '*',
    '5f4dcc3b5aa765d61d8327deb882cf99',
    '$generic$short',
    '$P$BseAzc/YHhZEXxblAay8xpJ1WXQRei',
    `$P$O${'x'.repeat(30)}`, // 2 ** 26 rounds of MD5
    `$P$z${'x'.repeat(30)}`, // 2 ** 63
    `$wp$2y$10$${bcrypt.slice(1)}`,
    `$wp$2y$31$${bcrypt}`,
    `$2y$99$${bcrypt}`,
    argon2('m=4194304,t=1,p=1'),
    argon2('m=1024,t=1000000,p=1'),
    argon2('m=1024,t=1,p=1').padEnd(300, 'x'),
    '$argon2id$nonsense',
    '$1$abc$def',
  ]
  for (const hash of notTaken) t.false(isVerifiable(hash), hash)
})
