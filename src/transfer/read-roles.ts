import { phpUnserializeArray } from './php/unserialize.ts'

/**
 * The roles that a user's capabilities hold, such as `a:1:{s:13:"administrator";b:1;}`. What is false there was taken away.
 *
 * @throws PhpSerializedError
 */
export function readRoles(serialised: string): string[] {
  return [...phpUnserializeArray(serialised)].filter(([, isGiven]) => Boolean(isGiven)).map(([name]) => String(name))
}
