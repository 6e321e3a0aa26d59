const USER = 'plugin::users-permissions.user'

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
    // As Strapi's own log-in finds them.
    findByLogin: name => findUser({ $or: [{ username: name }, { email: name.toLowerCase() }] }),
    current: async ctx => (ctx.session?.userId ? users.find(String(ctx.session.userId)) : null),
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

module.exports = { createUsers }
