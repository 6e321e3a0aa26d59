const { ForbiddenError, UnauthorizedError } = require('@strapi/utils').errors
const { createUsers } = require('./users')
const { reaches } = require('./scopes')

/** Opens Strapi's REST API to whom koa-wp-connect let in: as that user, with the permissions of that user's role. */
function createAuthStrategy(strapi) {
  const { findPerson } = createUsers(strapi)

  return {
    name: 'koa-wp-connect',

    async authenticate(ctx) {
      const { connectAuth } = ctx.state
      if (!connectAuth) return { authenticated: false }
      const person = await findPerson({ id: connectAuth.user.id })
      if (!person) return { error: 'Invalid credentials' }
      const permissions = await strapi
        .plugin('users-permissions')
        .service('permission')
        .findRolePermissions(person.role.id)
      const reached = permissions.filter(({ action }) => reaches(connectAuth, action)).map(({ action }) => ({ action }))
      const ability = await strapi.contentAPI.permissions.engine.generateAbility(reached)
      ctx.state.user = person
      return { authenticated: true, credentials: person, ability }
    },

    async verify({ ability }, { scope }) {
      if (!ability) throw new UnauthorizedError()
      const actions = [scope ?? []].flat()
      // Routes that name no action are for whoever is logged in; what an access token opens must have a name.
      const isOpen = actions.length > 0 || strapi.requestContext.get().state.connectAuth.method !== 'access-token'
      if (!isOpen || !actions.every(action => ability.can(action))) throw new ForbiddenError()
    },
  }
}

module.exports = { createAuthStrategy }
