import { phpUnserializeArray } from './php/unserialize.ts'

/**
 * Returns the roles in a user's capabilities, such as `a:1:{s:13:"administrator";b:1;}`. Those with the value false were
 * removed from the user.
 *
 * @throws PhpSerializedError
 */
export function readRoles(serialised: string): string[] {
  return [...phpUnserializeArray(serialised)].filter(([, isGiven]) => Boolean(isGiven)).map(([name]) => String(name))
}
