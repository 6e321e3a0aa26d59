import { isIP } from 'node:net'
import { isFastHash } from '../crypto/fast-hash.ts'
import { isVerifiable } from '../crypto/is-verifiable.ts'
import { chunks } from '../database/chunks.ts'
import { ConnectError } from '../errors.ts'
import type { UserChanges } from '../users/changes.ts'
import { isUuid } from '../values/uuid.ts'
import { applicationPasswordName } from './name.ts'
import type {
  ApplicationPassword,
  ApplicationPasswordRows,
  FoundApplicationPassword,
  StoredApplicationPassword,
} from './rows.ts'

/** An application password as it moves between sites, with the hash by which it goes on working. Times are Unix seconds. */
export interface PortableApplicationPassword {
  /** In lower case; it stays the same. */
  uuid: string
  /** 200 characters at most. */
  name: string
  /** `$generic$` (WordPress 6.8 and later), `$P$`, `$wp$2y$`, `$2y$`, `$argon2id$` or `$argon2i$`. */
  hash: string
  /** UUID of the application, or ''. */
  appId: string
  created: number
  lastUsed: number | null
  lastIp: string | null
}

/** What came of an import. */
export interface ApplicationPasswordImport {
  /** How many were taken. */
  imported: number
  /** How many were there already, and were left as they are. */
  present: number
  /** What was not taken, and why: a sentence for people. */
  refused: { uuid: string; name: string; reason: string }[]
}

/** Options of `connect.applicationPasswords.import()`. */
export interface ImportOptions {
  /** Find out what would happen, and write nothing. */
  dryRun?: boolean
}

/**
 * Takes a user's application passwords from another site. By UUID, so that another run changes nothing; what was revoked
 * here since its import stays revoked. Thousands are written in pieces: an outage in between leaves the rest to the next run.
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

  /** Claims the UUID and the hash, so that of two in one import the first has them. */
  function whyNotFree({ uuid, hash }: PortableApplicationPassword, known: Known | undefined): string | null {
    if (known?.sameUuid || uuids.has(uuid)) return 'another one has its UUID'
    if (known?.wasImported) return 'it was imported before, and has been revoked here since'
    if (known?.sameHash || hashes.has(hash)) return 'another one has its hash'
    uuids.add(uuid)
    hashes.add(hash)
    return null
  }

  for (const some of chunks(given, MAX_AT_ONCE)) await importSome(some)
  return result
}

/** WordPress has no limit of its own. So many lookups of each user are under way, whose import shares queries with others. */
const MAX_AT_ONCE = 90

interface Known {
  sameUuid: ApplicationPassword | undefined
  sameHash: FoundApplicationPassword | undefined
  wasImported: boolean
}

/** What is there of it already. What can be no UUID or hash is not asked for: PostgreSQL takes no NUL. */
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
  if (!isVerifiable(hash)) return 'its hash is of no known form, or costs too much to check'
  if (!isKept(name)) return 'its name is not valid'
  if (appId !== '' && !isUuid(appId)) return 'the ID of its application is no UUID'
  if (!isTime(created) || !(lastUsed === null || isTime(lastUsed))) return 'its times are not valid'
  if (lastIp !== null && !isAddress(lastIp)) return 'its last IP is not valid'
  return null
}

/** Whether `create()` would keep the name as it is. */
function isKept(name: string): boolean {
  try {
    return applicationPasswordName(name) === name
  } catch (error) {
    if (error instanceof ConnectError) return false
    throw error
  }
}

/** The last second of the year 9999. Of one far beyond, JavaScript makes no date, and no page could show it. */
const LAST_SECOND = 253_402_300_799

export const isTime = (seconds: number): boolean =>
  Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= LAST_SECOND

/** As long as its column: an IPv6 address may name a zone of any length (RFC 4007, 11). */
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
  // WordPress's fast hash is its own look-up value; a slow one has none until its first use.
  lookup: isFastHash(one.hash) ? one.hash : null,
})
