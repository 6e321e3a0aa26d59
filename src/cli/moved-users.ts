import type { MovedUser } from '../transfer/result.ts'
import { io } from './io.ts'
import { success, warning } from './messages.ts'

/** Lists what did not move, as it comes, and says at the end how many did. Ends with 1 if there is something to look at. */
export async function showMoved(users: AsyncIterable<MovedUser>, done: string): Promise<void> {
  const total = { moved: 0, present: 0, refused: 0 }
  const passwords = { moved: 0, present: 0 }
  for await (const user of users) {
    total[user.outcome]++
    passwords.moved += user.moved
    passwords.present += user.present
    for (const problem of user.problems) warning(`${user.login}: ${problem}`)
    if (user.problems.length > 0) io.exitCode = 1
  }
  const said = [`${done} ${people(total.moved)} and ${credentials(passwords.moved)}.`]
  if (total.present + passwords.present > 0) {
    said.push(`Already there: ${people(total.present)} and ${credentials(passwords.present)}.`)
  }
  if (total.refused > 0) said.push(`Not taken: ${people(total.refused)}.`)
  success(said.join(' '))
}

const people = (count: number) => `${count} ${count === 1 ? 'user' : 'users'}`

const credentials = (count: number) => `${count} ${count === 1 ? 'application password' : 'application passwords'}`
