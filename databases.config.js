import common from './ava.config.js'

/** What the kind of database can change: rows and SQL, and what users do at the same time. For `TEST_DATABASE_URL`. */
export default {
  ...common,
  files: [
    'test/{hooks,migrations}.test.ts',
    'test/application-passwords/{concurrency,hash,profile-page,survival,verify}.test.ts',
    'test/cli/{export,import,migrate,user}.test.ts',
    'test/connected-apps/**/*.test.ts',
    'test/database/{database,migrator,own-knex}.test.ts',
    'test/faults/{kill,sqlite}.test.ts',
    'test/http/{faults,guessing,processes}.test.ts',
    'test/oauth/**/*.test.ts',
    '!test/oauth/{client-key-sets,host,redirect-uri,scopes,send-back,unset}.test.ts',
    'test/throttle/{database-counts,shared}.test.ts',
    'test/users/**/*.test.ts',
    '!test/users/{checked-users,claims,login-page}.test.ts',
    'test/wordpress/export/**/*.test.ts',
    'test/wordpress/import/{host,import-users}.test.ts',
  ],
}
