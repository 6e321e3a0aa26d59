import { createHash } from 'node:crypto'
import { isAddress, isTime, type PortableApplicationPassword } from '../../application-passwords/imports.ts'
import { applicationPasswordName, MAX_NAME } from '../../application-passwords/name.ts'
import { ConnectError } from '../../errors.ts'
import { isUuid } from '../../values/uuid.ts'
import { phpUnserializeArray } from '../php/unserialize.ts'
import type { PhpArray, PhpValue } from '../php/value.ts'
import type { Problems } from './problems.ts'

/** The members that WordPress stores. A plugin may have added others, such as an expiry date. */
const MEMBERS = ['uuid', 'app_id', 'name', 'password', 'created', 'last_used', 'last_ip']

/** The name of an application password that has none in WordPress. */
const UNNAMED = 'Unnamed'

/**
 * Reads the user meta `_application_passwords`. A value that this site cannot store is replaced and reported; the password
 * still works.
 *
 * @throws PhpSerializedError
 */
export function readApplicationPasswords(serialised: string, problems: Problems): PortableApplicationPassword[] {
  const applicationPasswords: PortableApplicationPassword[] = []
  for (const [key, entry] of phpUnserializeArray(serialised)) {
    const read = entry instanceof Map ? readEntry(entry) : null
    if (!read) {
      problems.add(`Application password ${key} is skipped: it is not an array with a hash.`)
      continue
    }
    applicationPasswords.push(read.applicationPassword)
    const called = `Application password "${read.applicationPassword.name}"`
    for (const problem of read.problems) problems.add(`${called}: ${problem}.`)
  }
  return applicationPasswords
}

function readEntry(entry: PhpArray) {
  const hash = entry.get('password')
  if (typeof hash !== 'string' || hash === '') return null
  const problems: string[] = []

  /** Returns a member, or a replacement if it is not as WordPress writes it. */
  function member<T extends PhpValue>(name: string, isRight: (value: PhpValue) => value is T, otherwise: T): T {
    const value = entry.get(name) ?? null
    if (isRight(value)) return value
    if (value !== null && value !== '' && value !== false) problems.push(`its ${name} is not valid and was left out`)
    return otherwise
  }

  const uuid = member('uuid', isUuidText, '')
  const name = keptName(entry.get('name') ?? null)
  if (name !== entry.get('name')) problems.push('its name in WordPress is not valid here and was changed')
  const applicationPassword: PortableApplicationPassword = {
    uuid: uuid || uuidOf(hash),
    name,
    hash,
    appId: member('app_id', isUuidText, ''),
    created: toTime(entry.get('created')) ?? 0,
    lastUsed: toTime(entry.get('last_used')),
    lastIp: member('last_ip', isIpText, null),
  }
  const others = [...entry.keys()].filter(key => !MEMBERS.includes(String(key)))
  if (others.length > 0) problems.push(`it has members that mean nothing here: ${others.join(', ')}`)
  return { applicationPassword, problems }
}

const isUuidText = (value: PhpValue): value is string => typeof value === 'string' && isUuid(value)
const isIpText = (value: PhpValue): value is string | null => typeof value === 'string' && isAddress(value)

/** Parses Unix seconds. Migration tools have converted some of them to text. */
function toTime(value: PhpValue | undefined): number | null {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' && isTime(seconds) ? seconds : null
}

/** Sanitizes the name like a new one. */
function keptName(value: PhpValue): string {
  const letters = typeof value === 'string' || typeof value === 'number' ? [...String(value)] : []
  try {
    return applicationPasswordName(letters.slice(0, MAX_NAME).join(''))
  } catch (error) {
    if (error instanceof ConnectError) return UNNAMED
    throw error
  }
}

/**
 * Derives a UUID for an application password without one. The plugin that preceded WordPress 5.6 created those. It is
 * always the same UUID, so that another import recognizes it; WordPress would generate a random one.
 */
function uuidOf(hash: string): string {
  const hex = createHash('sha256').update(`application password ${hash}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
