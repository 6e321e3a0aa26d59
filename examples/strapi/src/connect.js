const { createConnect } = require('koa-wp-connect')
const { scopes } = require('./scopes')
const { createUsers } = require('./users')

/** The package, on Strapi's database, for Strapi's users. */
async function createStrapiConnect(strapi) {
  const url = strapi.config.get('server.absoluteUrl')
  const connect = await createConnect({
    knex: strapi.db.connection,
    site: { url, name: 'Example' },
    secret: process.env.CONNECT_SECRET ?? '',
    users: createUsers(strapi).users,
    environment: new URL(url).hostname === 'localhost' ? 'local' : 'production',
    oauth: {
      scopes: Object.fromEntries(Object.entries(scopes).map(([name, { words }]) => [name, words])),
      defaultScopes: ['posts:read'],
    },
  })
  await connect.migrate()
  strapi.db.lifecycles.subscribe({
    models: ['plugin::users-permissions.user'],
    async afterDelete({ result }) {
      if (!result) return
      const tell = () => connect.userDeleted(result.id).catch(error => strapi.log.error(error))
      // Strapi may be in a transaction, and with SQLite there is one connection: afterwards.
      await strapi.db.transaction(({ onCommit }) => onCommit(tell))
    },
  })
  return connect
}

module.exports = { createStrapiConnect }
