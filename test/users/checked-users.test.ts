import test from 'ava'
import fc from 'fast-check'
import type { Context } from 'koa'
import { checkedUsers } from '../../src/users/checked-users.ts'
import type { User, Users } from '../../src/users/user.ts'

const ANN = { id: 'ann', login: 'ann' }
const ctx = {} as Context

/** A host's users of which one function returns something else. */
const hostWith = (changes: object): Users =>
  checkedUsers({
    current: async () => ANN,
    find: async () => ANN,
    findByLogin: async () => ANN,
    loginUrl: () => '/log-in',
    ...changes,
  })

/** What is no user, and what is said of it. */
const NO_USERS: readonly [unknown, RegExp][] = [
  ['ann', /: expected an object \(given: a string\)$/],
  [[ANN], /: expected an object \(given: an array\)$/],
  [{ ...ANN, id: null }, /: id: expected 1 to 64 letters, digits, _ and -, or a whole number \(given: null\)$/],
  [{ ...ANN, id: 'a b' }, /: id: .* \(given: a string\)$/],
  [{ ...ANN, id: Number.NaN }, /: id: .* \(given: the number NaN\)$/],
  [{ ...ANN, id: 1.5 }, /: id: .* \(given: the number 1\.5\)$/],
  [{ ...ANN, id: Promise.resolve('ann') }, /: id: .* \(given: a promise; await it\)$/],
  [{ id: 'ann' }, /: login: expected a string that is not empty \(given: undefined\)$/],
  [{ id: 'ann', login: '' }, /: login: expected a string that is not empty \(given: an empty string\)$/],
  [{ ...ANN, registered: '2026-01-01' }, /: registered: expected a valid Date \(given: a string\)$/],
  [{ ...ANN, registered: new Date('x') }, /: registered: .* \(given: an invalid Date\)$/],
  [{ ...ANN, roles: 'admin' }, /: roles: expected an array of strings \(given: a string\)$/],
  [{ ...ANN, roles: [1] }, /: roles: expected an array of strings \(given: an array\)$/],
  [
    { ...ANN, capabilities: ['read'] },
    /: capabilities: expected an object whose values are true or false \(given: an array\)$/,
  ],
  [{ ...ANN, email: 7 }, /: email: expected a string \(given: a number\)$/],
  [{ ...ANN, emailVerified: 'yes' }, /: emailVerified: expected true or false \(given: a string\)$/],
  [{ ...ANN, name: {} }, /: name: expected a string \(given: an object\)$/],
]

const FINDERS: Readonly<Record<string, (users: Users) => Promise<User | null>>> = {
  current: users => users.current(ctx),
  find: users => users.find('ann'),
  findByLogin: users => users.findByLogin('ann'),
}

test('an invalid user is an error that names the function and the member, without its value', async t => {
  for (const [name, find] of Object.entries(FINDERS)) {
    for (const [given, message] of NO_USERS) {
      const error = await t.throwsAsync(find(hostWith({ [name]: async () => given })), { message })
      t.true(error instanceof TypeError)
      t.true(error.message.startsWith(`users.${name}(): `), error.message)
    }
  }
})

test('valid users pass unchanged; null, undefined and null members are allowed', async t => {
  const user = fc.record(
    {
      id: fc.oneof(fc.stringMatching(/^[\w-]{1,64}$/), fc.maxSafeInteger()),
      login: fc.string({ minLength: 1 }),
      email: fc.option(fc.string()),
      emailVerified: fc.option(fc.boolean()),
      name: fc.option(fc.string()),
      roles: fc.option(fc.array(fc.string())),
      capabilities: fc.option(fc.dictionary(fc.string(), fc.boolean())),
      registered: fc.option(fc.date({ noInvalidDate: true })),
    },
    { requiredKeys: ['id', 'login'] },
  )
  await fc.assert(
    fc.asyncProperty(user, async given => {
      for (const [name, find] of Object.entries(FINDERS)) {
        if ((await find(hostWith({ [name]: async () => given }))) !== (given as unknown)) return false
      }
      return true
    }),
  )
  for (const [name, find] of Object.entries(FINDERS)) {
    t.is(await find(hostWith({ [name]: async () => null })), null)
    t.is(await find(hostWith({ [name]: async () => undefined })), null)
  }
})

test('property: any value that a host returns is a user, null, or our error', async t => {
  const members = fc.record(
    Object.fromEntries(
      ['id', 'login', 'email', 'emailVerified', 'name', 'roles', 'capabilities', 'registered'].map(name => [
        name,
        fc.anything(),
      ]),
    ),
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.anything(), members), async given => {
      try {
        const found = await hostWith({ find: async () => given }).find('x')
        return found === null || (typeof found.login === 'string' && /^[\w-]{1,64}$/.test(String(found.id)))
      } catch (error) {
        return error instanceof TypeError && /^users\.find\(\): /.test(error.message)
      }
    }),
  )
  t.pass()
})

test('the other functions are checked in the same way', async t => {
  const says = (changes: object, ask: (users: Users) => unknown, message: RegExp) =>
    t.throwsAsync(async () => ask(hostWith(changes)), { instanceOf: TypeError, message })
  const site = { id: 1, url: 'https://a.example', name: 'A' }
  await says(
    { can: () => 'yes' },
    users => users.can?.(ANN, 'list_app_passwords', ANN),
    /^users\.can\(\): expected true/,
  )
  await says({ can: async () => undefined }, users => users.can?.(ANN, 'list_app_passwords', ANN), /given: undefined/)
  await says({ canManageClients: () => 'all' }, users => users.canManageClients?.(ANN), /true, false or "own"/)
  await says(
    { sites: () => null },
    users => users.sites?.(ANN),
    /^users\.sites\(\): expected an array \(given: null\)$/,
  )
  await says(
    { sites: () => [site, { ...site, url: 'a.example' }] },
    users => users.sites?.(ANN),
    /: url: expected an htt/,
  )
  await says(
    { loginUrl: async () => '/x' },
    users => users.loginUrl('/'),
    /^users\.loginUrl\(\): .*a promise; await it/,
  )
  await says({ logoutUrl: () => '' }, users => users.logoutUrl?.(), /^users\.logoutUrl\(\): expected a URL or path/)
  await says(
    { avatarUrl: () => 'javascript:1' },
    users => users.avatarUrl?.(ANN, 96),
    /^users\.avatarUrl\(\): expected/,
  )
  await says({ profileUrl: async () => null }, users => users.profileUrl?.(ANN), /^users\.profileUrl\(\): .*promise/)
})

test('class instances keep their this, and missing functions stay missing', async t => {
  class People {
    #people = [ANN]
    async current() {
      return this.#people[0] ?? null
    }
    async find() {
      return this.#people[0] ?? null
    }
    async findByLogin() {
      return this.#people[0] ?? null
    }
    loginUrl() {
      return `/log-in?${this.#people.length}`
    }
    can() {
      return this.#people.length > 0
    }
  }
  const users = checkedUsers(new People())
  t.is(await users.current(ctx), ANN)
  t.is(users.loginUrl('/'), '/log-in?1')
  t.true(await users.can?.(ANN, 'list_app_passwords', ANN))
  t.is(users.sites, undefined)
  t.is(users.logoutUrl, undefined)
})
