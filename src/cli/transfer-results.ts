import type { TransferResult } from '../transfer/result.ts'
import { io } from './io.ts'
import { success, warning } from './messages.ts'

/** Prints each problem as it comes, and the totals at the end. Sets the exit code to 1 if there were problems. */
export async function showResults(users: AsyncIterable<TransferResult>, done: string): Promise<void> {
  const total = { transferred: 0, existing: 0, skipped: 0 }
  const passwords = { transferred: 0, existing: 0 }
  for await (const user of users) {
    total[user.outcome]++
    passwords.transferred += user.transferred
    passwords.existing += user.existing
    for (const problem of user.problems) warning(`${user.login}: ${problem}`)
    if (user.problems.length > 0) io.exitCode = 1
  }
  const said = [`${done} ${people(total.transferred)} and ${credentials(passwords.transferred)}.`]
  if (total.existing + passwords.existing > 0) {
    said.push(`Already there: ${people(total.existing)} and ${credentials(passwords.existing)}.`)
  }
  if (total.skipped > 0) said.push(`Skipped: ${people(total.skipped)}.`)
  success(said.join(' '))
}

const people = (count: number) => `${count} ${count === 1 ? 'user' : 'users'}`

const credentials = (count: number) => `${count} ${count === 1 ? 'application password' : 'application passwords'}`
