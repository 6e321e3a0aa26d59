import { phpassRounds } from './phpass.ts'

const MAX_LENGTH = 255

/** The highest costs that sites use. With more, one wrong password would delay all requests. */
const MAX_COST = { phpassRounds: 2 ** 16, bcryptCost: 14, argon2: { m: 262_144, t: 10, p: 16 } }

/**
 * Whether `verifyHash()` can check a hash from another site: it has a format that WordPress or its plugins write, is
 * complete, and does not cost too much.
 */
export function isVerifiable(hash: string): boolean {
  if (hash.length > MAX_LENGTH) return false
  if (/^\$generic\$[\w-]{40}$/.test(hash)) return true
  const rounds = phpassRounds(hash)
  if (rounds !== null) return rounds <= MAX_COST.phpassRounds
  const bcryptCost = /^(?:\$wp\$2y|\$2[aby])\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)?.[1]
  if (bcryptCost) return Number(bcryptCost) >= 4 && Number(bcryptCost) <= MAX_COST.bcryptCost
  return isArgon2(hash)
}

function isArgon2(hash: string): boolean {
  const [, m, t, p] = /^\$argon2id?\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/.exec(hash) ?? []
  const { argon2 } = MAX_COST
  return m !== undefined && Number(m) <= argon2.m && Number(t) <= argon2.t && Number(p) <= argon2.p
}
