import { generateKeyPair, type KeyObject, randomUUID, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Database } from '../../database/database.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'

/** The algorithms for signing ID tokens, the default first. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** A private key as a JSON Web Key (RFC 7517). */
export interface SigningKey extends webcrypto.JsonWebKey {
  kid: string
  kty: string
  alg: SigningAlgorithm
  use: 'sig'
}

/** The keys with the same number: one per algorithm. They are created and deleted together. */
interface KeyPair {
  number: number
  created: number
  ec: SigningKey
  /** Null for a row of version 0.3, which had no RSA keys. */
  rsa: SigningKey | null
}

/**
 * A new key is published this long before it signs, so that every process and every client that caches our keys has it by
 * then.
 */
const PUBLISHED_BEFORE_SECONDS = 600
/** A key that no longer signs is published until everything that it has signed has expired. */
const KEPT_AFTER_SECONDS = 24 * 3600

export type SigningKeys = ReturnType<typeof createSigningKeys>

/**
 * The keys that sign ID tokens, one for ES256 and one for RS256. The first ones are created when they are needed. They are
 * stored encrypted in the database, so that all processes share them and a copy of the database cannot sign anything.
 */
export function createSigningKeys(database: Database, key: KeyObject, report: (error: unknown) => void) {
  const { knex, run } = database
  const table = database.table('oauth_signing_keys')
  /** Report each key once: the keys are read every minute. */
  const reported = new Set<string>()

  const sealed = (jwk: SigningKey) => seal(JSON.stringify(jwk), key)

  /** @returns the id of the new keys, or that of another process's keys if it was first to add this number */
  async function add(number: number): Promise<string> {
    const kid = randomUUID()
    const [ec, rsa] = await Promise.all([newEcKey(kid), newRsaKey(kid)])
    const row = { number, kid, sealed: sealed(ec), sealed_rsa: sealed(rsa), created: nowInSeconds() }
    await run(knex(table).insert(row).onConflict('number').ignore())
    const kept = await run(knex<SigningKeysRow>(table).where({ number }).first())
    return kept?.kid ?? kid
  }

  /** Adds the RSA key that a site of version 0.3 lacks. Of several concurrent processes, one adds it. */
  async function addRsa({ number, ec }: KeyPair): Promise<void> {
    const sealed_rsa = sealed(await newRsaKey(ec.kid))
    await run(knex(table).where({ number }).whereNull('sealed_rsa').update({ sealed_rsa }))
  }

  const opened = (text: string | null): SigningKey | null => {
    const jwk = text === null ? null : unseal(text, key)
    return jwk === null ? null : JSON.parse(jwk)
  }

  async function read(): Promise<KeyPair[]> {
    // Name the columns: on a database without the newest migrations, the query then fails instead of returning rows without
    // them.
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

  /** Returns the newest keys that have been published for long enough; on a new site, the first ones. */
  const signingOf = <K extends { created: number }>(keys: K[]): K | undefined =>
    keys.findLast(({ created }) => created <= nowInSeconds() - PUBLISHED_BEFORE_SECONDS) ?? keys[0]

  return {
    /** Returns all published keys, starting with those that sign. */
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
    /**
     * Creates new keys, which start to sign ten minutes later.
     *
     * @returns their id
     */
    rotate: async (): Promise<string> => add(await nextNumber()),
    /** Deletes keys that have signed nothing for a day: what they signed has expired. */
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

// Asynchronous, because an RSA key takes a tenth of a second or more.
const generate = promisify(generateKeyPair)

async function newEcKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' })
  return asJwk(privateKey, kid, 'ES256')
}

/** It has a separate id, because some clients find a key by its id alone. */
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
  'was encrypted with another secret, so it is not used. If the secret has not changed, another process has a different one: ' +
  'give all processes the same secret.'

interface SigningKeysRow {
  number: number
  kid: string
  sealed: string
  sealed_rsa: string | null
  created: number | string
}
