import type { Accounts } from '../embedded-users/accounts.ts'
import type { EmbeddedUser } from '../embedded-users/rows.ts'
import { CliError } from './errors.ts'
import { io } from './io.ts'
import { warning } from './messages.ts'

const notFound = (named: string) => `There is no user with the ID, e-mail address or login '${named}'.`

/** Finds a user by ID if it is a number, otherwise by login or email address. */
async function lookUp(accounts: Accounts, named: string): Promise<EmbeddedUser | null> {
  return /^\d+$/.test(named) ? accounts.find(named) : accounts.findByLogin(named)
}

/** @throws CliError if there is no such user */
export async function findUser(accounts: Accounts, named: string): Promise<EmbeddedUser> {
  const user = await lookUp(accounts, named)
  if (!user) throw new CliError(notFound(named))
  return user
}

/** Returns each found user once. For missing users it prints a warning and sets the exit code to 1. */
export async function findUsers(accounts: Accounts, named: readonly string[]): Promise<EmbeddedUser[]> {
  const found = new Map<string, EmbeddedUser>()
  for (const each of named) {
    const user = await lookUp(accounts, each)
    if (user) {
      found.set(user.id, user)
    } else {
      warning(notFound(each))
      io.exitCode = 1
    }
  }
  return [...found.values()]
}
