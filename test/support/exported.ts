import type { Knex } from 'knex'
import { exportUsers } from '../../src/transfer/export/export-users.ts'
import type { TransferResult } from '../../src/transfer/result.ts'
import type { TestSite } from './site.ts'

/** Exports a site's users, and tells what became of each. */
export async function exportTo(
  site: TestSite,
  { knex, prefix }: { knex: Knex; prefix: string },
  dryRun = false,
): Promise<TransferResult[]> {
  const { accounts, connect } = site
  const moved: TransferResult[] = []
  const { applicationPasswords } = connect
  for await (const user of exportUsers({ accounts, applicationPasswords }, { knex, prefix }, { dryRun })) {
    moved.push(user)
  }
  return moved
}

export async function userOf(site: TestSite, login: string) {
  const user = await site.accounts.findByLogin(login)
  if (!user) throw new Error(`no ${login}`)
  return user
}
