import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { seal, unseal } from '../hashes/seal.ts'
import { nowInSeconds } from '../seconds.ts'

/** A private key as a JSON Web Key (RFC 7517). */
export interface SigningKey {
  kid: string
  kty: string
  alg: 'ES256'
  use: 'sig'
  crv?: string
  x?: string
  y?: string
  d?: string
}

/** A new key is published this long before it signs, so that every process, and whoever keeps our keys, has it by then. */
const PUBLISHED_BEFORE_SECONDS = 600
/** A key that no longer signs is published until what it has signed has expired. */
const KEPT_AFTER_SECONDS = 24 * 3600

export type SigningKeys = ReturnType<typeof createSigningKeys>

/**
 * The keys that sign ID tokens: the first is made when it is first needed. They are kept in the database, encrypted, so that
 * every process has the same and a copy of the database can sign nothing.
 */
export function createSigningKeys(database: Database, key: KeyObject, report: (error: unknown) => void) {
  const { knex, run } = database
  const table = database.table('oauth_signing_keys')
  /** Once is enough: they are read every minute. */
  const reported = new Set<string>()

  /** @returns its id; that of another process's key, if that was first to make this number. */
  async function add(number: number): Promise<string> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const kid = randomUUID()
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }
    const row = { number, kid, sealed: seal(JSON.stringify(jwk), key), created: nowInSeconds() }
    await run(knex(table).insert(row).onConflict('number').ignore())
    const kept = await run(knex<Row>(table).where({ number }).first())
    return kept?.kid ?? kid
  }

  async function read(): Promise<{ number: number; created: number; jwk: SigningKey }[]> {
    const rows = await run(knex<Row>(table).orderBy('number'))
    return rows.flatMap(row => {
      const text = unseal(row.sealed, key)
      if (text === null && !reported.has(row.kid)) {
        reported.add(row.kid)
        report(new Error(`The signing key ${row.kid} ${UNREADABLE}`))
      }
      const { number } = row
      return text === null ? [] : [{ number, created: Number(row.created), jwk: JSON.parse(text) as SigningKey }]
    })
  }

  async function nextNumber(): Promise<number> {
    const newest = await run(knex<Row>(table).orderBy('number', 'desc').first('number'))
    return (newest?.number ?? 0) + 1
  }

  /** The newest that has been published for long enough; of a new site, the first. */
  const signingOf = <K extends { created: number }>(keys: K[]): K | undefined =>
    keys.findLast(({ created }) => created <= nowInSeconds() - PUBLISHED_BEFORE_SECONDS) ?? keys[0]

  return {
    /** All that are published, the one that signs first. */
    async load(): Promise<SigningKey[]> {
      let keys = await read()
      if (keys.length === 0) {
        await add(await nextNumber())
        keys = await read()
      }
      const signing = signingOf(keys)
      return [signing, ...keys.filter(each => each !== signing)].flatMap(each => (each ? [each.jwk] : []))
    },
    /** Makes a new key, which signs from ten minutes later on. @returns its id */
    rotate: async (): Promise<string> => add(await nextNumber()),
    /** Drops keys that have signed nothing for a day: what they signed has expired. */
    async sweep(): Promise<void> {
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

const UNREADABLE =
  'was kept under another secret; it is not used. If the secret has not been changed, another process has a different one: ' +
  'give all of them the same.'

interface Row {
  number: number
  kid: string
  sealed: string
  created: number | string
}
