const { createAuthStrategy } = require('../../auth-strategy')

/** Strapi asks its strategies in the order of their registration, and this plugin's own takes who it does not know for the public. */
module.exports = plugin => {
  const { register } = plugin
  return {
    ...plugin,
    async register({ strapi }) {
      strapi.get('auth').register('content-api', createAuthStrategy(strapi))
      await register({ strapi })
    },
  }
}
