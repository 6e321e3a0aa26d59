import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { hashArgon2id } from '../../src/crypto/argon2id.ts'
import { fastHash, loadFastHash } from '../../src/crypto/fast-hash.ts'
import { MAX_BYTES_AT_ONCE, phpass } from '../../src/crypto/phpass.ts'
import { verifyHash } from '../../src/crypto/verify-hash.ts'

test.before(loadFastHash)

interface Vector {
  kind: string
  scheme: string
  password: string
  hash: string
}

const vectors: Vector[] = JSON.parse(readFileSync(new URL('../fixtures/password-hashes.json', import.meta.url), 'utf8'))

for (const { kind, scheme, password, hash } of vectors) {
  test(`a real hash verifies: ${kind}, ${scheme}, ${password.slice(0, 12)}`, async t => {
    t.true(await verifyHash(password, hash))
    t.false(await verifyHash(`${password}!`, hash))
    t.false(await verifyHash('', hash))
    t.false(await verifyHash(password, `${hash.slice(0, -1)}${hash.endsWith('a') ? 'b' : 'a'}`))
  })
}

test('every format that WordPress writes is among the real hashes', t => {
  t.deepEqual([...new Set(vectors.map(({ scheme }) => scheme))].sort(), ['$2y$', '$P$', '$generic$', '$wp$2y$'])
})

test('our hashes are exactly WordPress’s', async t => {
  for (const { scheme, password, hash } of vectors) {
    if (scheme === '$generic$') t.is(fastHash(password), hash)
    if (scheme === '$P$') t.is(await phpass(password, hash), hash)
  }
  t.is(fastHash('abc'), '$generic$YeaPr_itxnUOyFBBm16EGFnt_nzqpbL728cakJ4U')
})

test('argon2id hashes have PHP’s parameter order and verify', async t => {
  const hash = await hashArgon2id('correct horse')
  t.regex(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  t.true(await verifyHash('correct horse', hash))
  t.false(await verifyHash('correct horse ', hash))
})

test('text that is not a hash matches nothing', async t => {
  for (const hash of [
    '',
    '*',
    '$argon2id$nonsense',
    '$P$',
    '$P$short',
    '$2y$',
    '$wp$2y$10$x',
    `$2y$99$${'x'.repeat(53)}`,
    '$1$abc$def',
    'plain',
  ]) {
    t.false(await verifyHash('plain', hash), hash)
    t.false(await verifyHash('', hash), hash)
  }
})

test('a password of megabytes is not hashed', async t => {
  const huge = 'a'.repeat(5_000_000)
  for (const { hash } of vectors) t.false(await verifyHash(huge, hash))
})

test.serial(
  'hashes that block the main thread run one after the other, and other requests are served in between them',
  async t => {
    const bcrypt = vectors.find(({ scheme }) => scheme === '$2y$')?.hash ?? ''
    for (const hash of [await phpass('right', '$P$9abcdefgh'), bcrypt]) {
      let done = 0
      const all = Array.from({ length: 5 }, async () => {
        await verifyHash('wrong', hash)
        done++
      })
      const seen = new Set<number>()
      while (done < 5) {
        seen.add(done)
        await setImmediate()
      }
      await Promise.all(all)
      // At least that many, where two may be computed at once.
      t.true(seen.size >= 3, `${hash.slice(0, 4)} ${[...seen]}`)
    }
  },
)

test.serial('a flood of hashes is rejected, and earlier for a single user', async t => {
  const hash = await phpass('right', '$P$5abcdefgh')
  const refused = async (count: number, lane?: string) => {
    const verified = Array.from({ length: count }, () =>
      verifyHash('right', hash, lane === undefined ? {} : { queueKey: lane }),
    )
    const failed = (await Promise.allSettled(verified)).filter(({ status }) => status === 'rejected')
    return failed.map(result => (result as PromiseRejectedResult).reason.code)
  }
  t.deepEqual([...new Set(await refused(150))], ['busy'])
  t.deepEqual([...new Set(await refused(30, 'sam'))], ['busy'])
  t.deepEqual(await refused(5, 'sam'), [])
})

test('phpass lets other requests run in between, for any password length and number of rounds', async t => {
  for (const length of [0, 8, 200, 4096]) {
    for (const [setting, rounds] of [
      ['$P$9abcdefgh', 2 ** 11],
      ['$P$Eabcdefgh', 2 ** 16],
    ] as const) {
      // The work is counted, not the time: so many bytes of MD5 between two pauses, at most.
      let pauses = 0
      const hash = await phpass('a'.repeat(length), setting, async () => void pauses++)
      t.true((rounds * length) / (pauses + 1) <= MAX_BYTES_AT_ONCE, `${length} letters, ${rounds} rounds`)
      t.true(rounds / (pauses + 1) <= 1024, `${length} letters, ${rounds} rounds`)
      t.regex(hash, /^\$P\$/)
    }
  }
})
