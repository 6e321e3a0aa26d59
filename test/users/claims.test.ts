import test from 'ava'
import { claimsOf } from '../../src/users/claims.ts'
import type { Users } from '../../src/users/user.ts'

const ANN = { id: 'ann', login: 'ann', email: 'ann@example.com' }

test('the claim picture is the host’s, Gravatar’s, or missing', t => {
  const picture = (users: Partial<Users>) => (claimsOf(users as Users, ANN) as { picture?: string }).picture
  t.regex(picture({}) ?? '', /^https:\/\/secure\.gravatar\.com\/avatar\/[0-9a-f]{64}\?s=96&d=mm&r=g$/)
  t.is(picture({ avatarUrl: (user, size) => `https://a.example/${user.id}/${size}` }), 'https://a.example/ann/96')
  t.false('picture' in claimsOf({ avatarUrl: () => null } as unknown as Users, ANN))
})
