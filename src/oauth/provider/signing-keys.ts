import { generateKeyPair, type KeyObject, randomUUID, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Database } from '../../database/database.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'

/** By which ID tokens can be signed, the default first. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** A private key as a JSON Web Key (RFC 7517). */
export interface SigningKey extends webcrypto.JsonWebKey {
  kid: string
  kty: string
  alg: SigningAlgorithm
  use: 'sig'
}

/** A number's keys: one for each algorithm, which come and go together. */
interface KeyPair {
  number: number
  created: number
  ec: SigningKey
  /** Null: made by version 0.3, which had none. */
  rsa: SigningKey | null
}

/** A new key is published this long before it signs, so that every process, and whoever keeps our keys, has it by then. */
const PUBLISHED_BEFORE_SECONDS = 600
/** A key that no longer signs is published until what it has signed has expired. */
const KEPT_AFTER_SECONDS = 24 * 3600

export type SigningKeys = ReturnType<typeof createSigningKeys>

/**
 * The keys that sign ID tokens, one for ES256 and one for RS256: the first are made when they are first needed. They are kept
 * in the database, encrypted, so that every process has the same and a copy of the database can sign nothing.
 */
export function createSigningKeys(database: Database, key: KeyObject, report: (error: unknown) => void) {
  const { knex, run } = database
  const table = database.table('oauth_signing_keys')
  /** Once is enough: they are read every minute. */
  const reported = new Set<string>()

  const sealed = (jwk: SigningKey) => seal(JSON.stringify(jwk), key)

  /** @returns its id; that of another process's keys, if that was first to make this number. */
  async function add(number: number): Promise<string> {
    const kid = randomUUID()
    const [ec, rsa] = await Promise.all([newEcKey(kid), newRsaKey(kid)])
    const row = { number, kid, sealed: sealed(ec), sealed_rsa: sealed(rsa), created: nowInSeconds() }
    await run(knex(table).insert(row).onConflict('number').ignore())
    const kept = await run(knex<SigningKeysRow>(table).where({ number }).first())
    return kept?.kid ?? kid
  }

  /** A site of version 0.3 has ES256 only. Of several processes at once, one adds. */
  async function addRsa({ number, ec }: KeyPair): Promise<void> {
    const sealed_rsa = sealed(await newRsaKey(ec.kid))
    await run(knex(table).where({ number }).whereNull('sealed_rsa').update({ sealed_rsa }))
  }

  const opened = (text: string | null): SigningKey | null => {
    const jwk = text === null ? null : unseal(text, key)
    return jwk === null ? null : JSON.parse(jwk)
  }

  async function read(): Promise<KeyPair[]> {
    // By name: a database that was not migrated says so, instead of leaving values out.
    const columns = ['number', 'kid', 'sealed', 'sealed_rsa', 'created']
    const rows = await run(knex(table).orderBy('number').select<SigningKeysRow[]>(columns))
    return rows.flatMap(row => {
      const ec = opened(row.sealed)
      if (ec) return [{ number: row.number, created: Number(row.created), ec, rsa: opened(row.sealed_rsa) }]
      if (!reported.has(row.kid)) report(new Error(`The signing key ${row.kid} ${UNREADABLE}`))
      reported.add(row.kid)
      return []
    })
  }

  async function nextNumber(): Promise<number> {
    const newest = await run(knex<SigningKeysRow>(table).orderBy('number', 'desc').first('number'))
    return (newest?.number ?? 0) + 1
  }

  /** The newest that has been published for long enough; of a new site, the first. */
  const signingOf = <K extends { created: number }>(keys: K[]): K | undefined =>
    keys.findLast(({ created }) => created <= nowInSeconds() - PUBLISHED_BEFORE_SECONDS) ?? keys[0]

  return {
    /** All that are published, those that sign first. */
    async load(): Promise<SigningKey[]> {
      let keys = await read()
      const lacking = keys.filter(({ rsa }) => rsa === null)
      for (const each of lacking) await addRsa(each)
      if (keys.length === 0) await add(await nextNumber())
      if (keys.length === 0 || lacking.length > 0) keys = await read()
      const signing = signingOf(keys)
      return [signing, ...keys.filter(each => each !== signing)].flatMap(each => {
        if (!each) return []
        return each.rsa ? [each.rsa, each.ec] : [each.ec]
      })
    },
    /** Makes new keys, which sign from ten minutes later on. @returns their id */
    rotate: async (): Promise<string> => add(await nextNumber()),
    /** Drops keys that have signed nothing for a day: what they signed has expired. */
    async deleteExpired(): Promise<void> {
      const keys = await read()
      const signing = signingOf(keys)
      const spent = keys.filter(({ number }, at) => {
        const next = keys[at + 1]
        return (
          number < (signing?.number ?? 0) && next !== undefined && next.created < nowInSeconds() - KEPT_AFTER_SECONDS
        )
      })
      const numbers = spent.map(({ number }) => number)
      await run(knex(table).whereIn('number', numbers).delete())
    },
  }
}

// Beside requests: an RSA key takes a tenth of a second and more.
const generate = promisify(generateKeyPair)

async function newEcKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' })
  return asJwk(privateKey, kid, 'ES256')
}

/** With an id of its own, because some clients look for a key by its id alone. */
async function newRsaKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return asJwk(privateKey, `${kid}-rs256`, 'RS256')
}

const asJwk = (key: KeyObject, kid: string, alg: SigningAlgorithm): SigningKey => ({
  ...(key.export({ format: 'jwk' }) as webcrypto.JsonWebKey & { kty: string }),
  kid,
  alg,
  use: 'sig',
})

const UNREADABLE =
  'was kept under another secret; it is not used. If the secret has not been changed, another process has a different one: ' +
  'give all of them the same.'

interface SigningKeysRow {
  number: number
  kid: string
  sealed: string
  sealed_rsa: string | null
  created: number | string
}
