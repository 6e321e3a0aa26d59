import test from 'ava'
import { isOutage } from '../../src/throttle/outage.ts'

const errorOf = ([message, code, name = 'Error']: readonly [string, (string | undefined)?, string?]) =>
  Object.assign(new Error(message), { code, name })

test('a store that is down, starting, stopping or overloaded is an outage', t => {
  for (const each of [
    ['connect ECONNREFUSED 127.0.0.1:3306', 'ECONNREFUSED'],
    ['getaddrinfo EAI_AGAIN database', 'EAI_AGAIN'],
    ['Connection lost: The server closed the connection.', 'PROTOCOL_CONNECTION_LOST'],
    ["Can't add new command when connection is in closed state"],
    ['Too many connections', 'ER_CON_COUNT_ERROR'],
    ['Server shutdown in progress', 'ER_SERVER_SHUTDOWN'],
    ['Lock wait timeout exceeded', 'ER_LOCK_WAIT_TIMEOUT'],
    ['the database system is starting up', '57P03'],
    ['sorry, too many clients already', '53300'],
    ['terminating connection', '08006'],
    ['deadlock detected', '40P01'],
    ['Connection terminated unexpectedly'],
    ['timeout expired'],
    ['database is locked', 'SQLITE_BUSY'],
    ['disk I/O error', 'SQLITE_IOERR_WRITE'],
    ['Timeout acquiring a connection. The pool is probably full.', undefined, 'KnexTimeoutError'],
    ['The database did not respond within 5 seconds.'],
    ['no response within 1000 ms'],
    ['The site cannot reach its database right now.', 'database_unavailable'],
    ['Redis connection is not ready'],
    ["Stream isn't writeable and enableOfflineQueue options is false"],
    ['Reached the max retries per request limit (which is 0).', undefined, 'MaxRetriesPerRequestError'],
    ['LOADING Redis is loading the dataset in memory', undefined, 'ReplyError'],
  ] as const) {
    t.true(isOutage(errorOf(each)), each[0])
    t.true(isOutage(new Error('in one form', { cause: errorOf(each) })), each[0])
  }
})

test('a failure that waiting does not fix is an error', t => {
  for (const each of [
    ['near "returning": syntax', 'ER_PARSE_ERROR'],
    ["Table 'connect_throttle' doesn't exist", 'ER_NO_SUCH_TABLE'],
    ['INSERT command denied to user', 'ER_TABLEACCESS_DENIED_ERROR'],
    ['Access denied for user', 'ER_ACCESS_DENIED_ERROR'],
    ['The MySQL server is running with the --read-only option', 'ER_OPTION_PREVENTS_STATEMENT'],
    ['the words of a code that mysql2 does not know'],
    ['relation "connect_throttle" does not exist', '42P01'],
    ['permission denied for table connect_throttle', '42501'],
    ['password authentication failed', '28P01'],
    ['database "site" does not exist', '3D000'],
    ['no such table: connect_throttle', 'SQLITE_ERROR'],
    ['attempt to write a readonly database', 'SQLITE_READONLY'],
    ['certificate has expired', 'CERT_HAS_EXPIRED'],
    ["The certificate's altnames do not match", 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ["Cannot read properties of undefined (reading 'connection')", undefined, 'TypeError'],
    ['Undefined binding(s) detected when compiling INSERT.'],
    ['NOPERM this user has no permissions', undefined, 'ReplyError'],
    ['READONLY You can’t write against a read only replica.', undefined, 'ReplyError'],
  ] as const) {
    t.false(isOutage(errorOf(each)), each[0])
    t.false(isOutage(new Error('in one form', { cause: errorOf(each) })), each[0])
  }
})
