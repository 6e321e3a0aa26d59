import { isIP } from 'node:net'
import { isFastHash } from '../crypto/fast-hash.ts'
import { isVerifiable } from '../crypto/is-verifiable.ts'
import { chunks } from '../database/chunks.ts'
import { ConnectError } from '../errors.ts'
import type { UserChanges } from '../users/user-changes.ts'
import { isUuid } from '../values/uuid.ts'
import type {
  ApplicationPassword,
  FoundApplicationPassword,
  StoredApplicationPassword,
} from './application-password.ts'
import { applicationPasswordName } from './name.ts'
import type { ApplicationPasswordRows } from './rows.ts'

/** An application password as it moves between sites, including its hash. Times are Unix seconds. */
export interface PortableApplicationPassword {
  /** In lower case. It stays the same on the other site. */
  uuid: string
  /** 200 characters at most. */
  name: string
  /**
   * A hash in one of these formats: `$generic$` (WordPress 6.8 and later), `$P$`, `$wp$2y$`, `$2y$`, `$argon2id$` or
   * `$argon2i$`.
   */
  hash: string
  /** UUID of the application, or '' for none. */
  appId: string
  created: number
  lastUsed: number | null
  lastIp: string | null
}

/** The result of an import. */
export interface ApplicationPasswordImport {
  /** How many were imported. */
  imported: number
  /** How many existed already and were left unchanged. */
  present: number
  /** The application passwords that were not imported, each with a sentence that says why. */
  refused: { uuid: string; name: string; reason: string }[]
}

/** Options of `connect.applicationPasswords.import()`. */
export interface ImportOptions {
  /** Report what would happen, and write nothing. */
  dryRun?: boolean
}

/**
 * Imports a user's application passwords from another site. They are matched by UUID, so another run changes nothing; one
 * that was revoked here since its import stays revoked. Thousands are written in chunks: an outage in between leaves the
 * rest to the next run.
 */
export async function importApplicationPasswords(
  rows: ApplicationPasswordRows,
  changes: UserChanges,
  userId: string | null,
  given: readonly PortableApplicationPassword[],
  { dryRun = false }: ImportOptions = {},
): Promise<ApplicationPasswordImport> {
  const uuids = new Set<string>()
  const hashes = new Set<string>()
  const making = dryRun || userId === null ? null : await changes.begin(userId)
  const result: ApplicationPasswordImport = { imported: 0, present: 0, refused: [] }

  async function importSome(some: readonly PortableApplicationPassword[]): Promise<void> {
    const found = await Promise.all(some.map(one => findRows(rows, one)))
    const taken: StoredApplicationPassword[] = []
    for (const [i, one] of some.entries()) {
      const known = found[i]
      const isPresent = known?.sameUuid !== undefined && known.sameUuid.userId === userId
      const reason = isPresent ? null : (whyInvalid(one) ?? whyNotFree(one, known))
      if (isPresent) result.present++
      else if (reason !== null) result.refused.push({ uuid: one.uuid, name: one.name, reason })
      else taken.push(toStored(one, userId ?? ''))
    }
    if (taken.length > 0) await making?.write(on => rows.insertImported(taken, on))
    result.imported += taken.length
  }

  /** Reserves the UUID and the hash, so that of two equal ones in one import the first wins. */
  function whyNotFree({ uuid, hash }: PortableApplicationPassword, known: Known | undefined): string | null {
    if (known?.sameUuid || uuids.has(uuid)) return 'another one has its UUID'
    if (known?.wasImported) return 'it was imported before, and then revoked here'
    if (known?.sameHash || hashes.has(hash)) return 'another one has its hash'
    uuids.add(uuid)
    hashes.add(hash)
    return null
  }

  for (const some of chunks(given, MAX_AT_ONCE)) await importSome(some)
  return result
}

/** Limits the concurrent look-ups: WordPress has no limit of application passwords per user. */
const MAX_AT_ONCE = 90

interface Known {
  sameUuid: ApplicationPassword | undefined
  sameHash: FoundApplicationPassword | undefined
  wasImported: boolean
}

/** Finds rows that exist already. Text that cannot be a UUID or hash is not looked up: PostgreSQL rejects a NUL. */
async function findRows(rows: ApplicationPasswordRows, { uuid, hash }: PortableApplicationPassword): Promise<Known> {
  const [sameUuid, wasImported, sameHash] = await Promise.all([
    isUuid(uuid) ? rows.findByUuid(uuid) : undefined,
    isUuid(uuid) && rows.wasImported(uuid),
    isVerifiable(hash) ? rows.findByLookup(hash) : undefined,
  ])
  return { sameUuid, wasImported, sameHash }
}

function whyInvalid({ uuid, name, hash, appId, created, lastUsed, lastIp }: PortableApplicationPassword) {
  if (!isUuid(uuid)) return 'its UUID is not valid'
  if (!isVerifiable(hash)) return 'its hash has no known form, or costs too much to check'
  if (!isKept(name)) return 'its name is not valid'
  if (appId !== '' && !isUuid(appId)) return 'the ID of its application is not a UUID'
  if (!isTime(created) || !(lastUsed === null || isTime(lastUsed))) return 'its times are not valid'
  if (lastIp !== null && !isAddress(lastIp)) return 'its last IP is not valid'
  return null
}

/** Whether `create()` would store the name unchanged. */
function isKept(name: string): boolean {
  try {
    return applicationPasswordName(name) === name
  } catch (error) {
    if (error instanceof ConnectError) return false
    throw error
  }
}

/** The last second of the year 9999. JavaScript makes no dates of far later times, so no page could show them. */
const LAST_SECOND = 253_402_300_799

export const isTime = (seconds: number): boolean =>
  Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= LAST_SECOND

/** Limited to the length of its column: an IPv6 address may contain a zone ID of any length (RFC 4007, section 11). */
export const isAddress = (text: string): boolean => text.length <= 45 && isIP(text) !== 0

const toStored = (one: PortableApplicationPassword, userId: string): StoredApplicationPassword => ({
  uuid: one.uuid,
  userId,
  appId: one.appId,
  name: one.name,
  created: one.created,
  lastUsed: one.lastUsed,
  lastIp: one.lastIp,
  hash: one.hash,
  // WordPress's fast hash is also its look-up value. A slow hash gets a look-up value at its first use.
  lookup: isFastHash(one.hash) ? one.hash : null,
})
