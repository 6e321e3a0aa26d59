const { join } = require('node:path')

module.exports = ({ env }) => ({
  connection: {
    client: 'sqlite', // by better-sqlite3
    connection: { filename: join(__dirname, '..', env('DATABASE_FILENAME', 'data/strapi.db')) },
    useNullAsDefault: true,
  },
})
