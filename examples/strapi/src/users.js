const { createHash } = require('node:crypto')

const USER = 'plugin::users-permissions.user'

/** What a browser's session keeps of somebody: a digest of their password's hash too, so that another password ends it. */
function sessionOf({ id, password }) {
  return {
    userId: id,
    passwordDigest: createHash('sha256')
      .update(password ?? '')
      .digest('base64url'),
  }
}

/** Strapi's users, as koa-wp-connect asks for them. */
function createUsers(strapi) {
  /** The row with its role; of whom Strapi would not let in, null. */
  async function findPerson(where) {
    const person = await strapi.db.query(USER).findOne({ where, populate: ['role'] })
    if (!person?.role || person.blocked) return null
    if (person.confirmed) return person
    const settings = await strapi.store({ type: 'plugin', name: 'users-permissions', key: 'advanced' }).get()
    return settings.email_confirmation ? null : person
  }

  const findUser = async where => toUser(await findPerson(where))

  const users = {
    // An id comes from an address: only what can be one is looked up.
    find: async id => (/^\d{1,15}$/.test(id) ? findUser({ id: Number(id) }) : null),
    // As Strapi's own login finds them.
    findByLogin: name => findUser({ $or: [{ username: name }, { email: name.toLowerCase() }] }),
    async current(ctx) {
      if (!ctx.session?.userId) return null
      const person = await findPerson({ id: ctx.session.userId })
      const isSame = person && sessionOf(person).passwordDigest === ctx.session.passwordDigest
      return isSame ? toUser(person) : null
    },
    loginUrl: returnTo => `/auth/local?next=${encodeURIComponent(returnTo)}`,
    logoutUrl: () => '/auth/log-out',
  }
  return { users, findPerson }
}

function toUser(person) {
  if (!person) return null
  const { id, username, email, role, createdAt } = person
  return { id, login: username, email, roles: [role.type], registered: new Date(createdAt) }
}

module.exports = { createUsers, sessionOf }
