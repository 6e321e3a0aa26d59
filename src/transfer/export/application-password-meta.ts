import type { PortableApplicationPassword } from '../../application-passwords/imports.ts'
import { phpSerialize } from '../php/serialize.ts'
import { phpUnserializeArray } from '../php/unserialize.ts'
import type { PhpArray } from '../php/value.ts'

/**
 * Adds application passwords to the user meta `_application_passwords`. Existing entries stay exactly as they are.
 *
 * @throws PhpSerializedError for a value that cannot be read. WordPress could not read it either, but we must not replace
 * it
 */
export function addApplicationPasswords(serialised: string, added: readonly PortableApplicationPassword[]): string {
  const entries = readEntries(serialised)
  const keys = [...entries.keys()].filter(key => typeof key === 'number')
  let next = keys.reduce((highest, key) => Math.max(highest, key), -1) + 1
  const there = uuidsIn(entries)
  for (const one of added) if (!there.has(one.uuid)) entries.set(next++, toEntry(one))
  return phpSerialize(entries)
}

/**
 * Returns the UUIDs in the user meta.
 *
 * @throws PhpSerializedError
 */
export const uuidsOf = (serialised: string): Set<string> => uuidsIn(readEntries(serialised))

const uuidsIn = (entries: PhpArray): Set<string> =>
  new Set([...entries.values()].map(entry => (entry instanceof Map ? String(entry.get('uuid')) : '')))

const readEntries = (serialised: string): PhpArray =>
  serialised.trim() === '' ? new Map() : phpUnserializeArray(serialised.trim())

/** The members in WordPress's own order. */
const toEntry = (one: PortableApplicationPassword): PhpArray =>
  new Map<string, string | number | null>([
    ['uuid', one.uuid],
    ['app_id', one.appId],
    ['name', one.name],
    ['password', one.hash],
    ['created', one.created],
    ['last_used', one.lastUsed],
    ['last_ip', one.lastIp],
  ])
