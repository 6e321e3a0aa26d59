import { phpUnserialize } from './php-unserialize.ts'
import { PhpSerializedError } from './php-value.ts'

/**
 * The roles that a user's capabilities hold, such as `a:1:{s:13:"administrator";b:1;}`. What is false there was taken away.
 *
 * @throws PhpSerializedError
 */
export function readRoles(serialised: string): string[] {
  const capabilities = phpUnserialize(serialised)
  if (!(capabilities instanceof Map)) throw new PhpSerializedError('they are no array')
  return [...capabilities].filter(([, isGiven]) => Boolean(isGiven)).map(([name]) => String(name))
}
