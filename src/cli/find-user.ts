import type { User } from '../users/user.ts'
import { CliError } from './errors.ts'
import { io } from './io.ts'
import { warning } from './messages.ts'

/** Finds users: `accounts` of embedded users, or an app's own `users`. */
type Finder<U extends User> = { [Method in 'find' | 'findByLogin']: (named: string) => Promise<U | null> }

const notFound = (named: string) => `No user has the ID, email address or login '${named}'.`

/** Finds a user by ID if it is a number, otherwise by an app's own ID, by login or by email address. */
async function lookUp<U extends User>(users: Finder<U>, named: string): Promise<U | null> {
  if (/^\d+$/.test(named)) return users.find(named)
  // The ID first: users choose their logins, and one could choose the ID of another user.
  const byId = /^[\w-]{1,64}$/.test(named) ? await users.find(named) : null
  return byId ?? users.findByLogin(named)
}

/** @throws CliError if there is no such user */
export async function findUser<U extends User>(users: Finder<U>, named: string): Promise<U> {
  const user = await lookUp(users, named)
  if (!user) throw new CliError(notFound(named))
  return user
}

/** Returns each found user once. For missing users it prints a warning and sets the exit code to 1. */
export async function findUsers<U extends User>(users: Finder<U>, named: readonly string[]): Promise<U[]> {
  const found = new Map<string, U>()
  for (const each of named) {
    const user = await lookUp(users, each)
    if (user) {
      found.set(String(user.id), user)
    } else {
      warning(notFound(each))
      io.exitCode = 1
    }
  }
  return [...found.values()]
}
