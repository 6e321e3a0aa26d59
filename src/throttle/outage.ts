/**
 * Codes of Node, mysql2 and this package for a connection that failed, was lost, or has too many before it. `ERR_…` is a
 * bug.
 */
const NO_CONNECTION = /^(E(?!RR?_)[A-Z_]+|PROTOCOL_\w+|database_unavailable)$/
/** PostgreSQL: connection, rollback, resources, shutdown, system, and a lock that was not available. */
const POSTGRES = /^((08|40|53|57|58)[\dA-Z]{3}|55P03)$/
const SQLITE = /^SQLITE_(BUSY|LOCKED|CANTOPEN|IOERR|FULL|NOMEM|INTERRUPT|PROTOCOL)/
const MYSQL = new RegExp(
  `^ER_(${[
    'CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS|USER_LIMIT_REACHED',
    'SERVER_SHUTDOWN|NORMAL_SHUTDOWN|SERVER_OFFLINE_MODE|SESSION_WAS_KILLED|CLIENT_INTERACTION_TIMEOUT|NET_\\w+',
    'QUERY_INTERRUPTED|QUERY_TIMEOUT|LOCK_WAIT_TIMEOUT|LOCK_DEADLOCK',
    'DISK_FULL|RECORD_FILE_FULL|OUTOFMEMORY|OUT_OF_RESOURCES',
  ].join('|')})$`,
)
const REDIS = /^(LOADING|BUSY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|ERR max number of clients)\b/

/** Matches errors without a code, of pg, mysql2, Knex, ioredis and this package, that are about the connection. */
const WITHOUT_CODE =
  /\b(connect(ion|ed)?|clos(e|ed)|aborted|time-?out|timed out|max retries|slots cache|isn't writeable|respon(d|se))\b/i
const BUG = /^(Type|Range|Reference|Syntax)Error$/

/**
 * Whether a store is unavailable or overloaded, so that waiting may help. Other errors need fixing: a missing table or
 * permission, a wrong password, SQL that the server does not support, a bug.
 */
export function isOutage(error: unknown): boolean {
  const { code, name, message } = driversOwn(error) as { code?: unknown; name?: unknown; message?: unknown }
  if (name === 'ReplyError') return REDIS.test(String(message))
  if (code !== undefined) return [NO_CONNECTION, POSTGRES, SQLITE, MYSQL].some(codes => codes.test(String(code)))
  return !BUG.test(String(name)) && WITHOUT_CODE.test(String(message))
}

/** Returns the driver's own error, which is the cause of our database error. */
export const driversOwn = (error: unknown): unknown => (error as { cause?: unknown }).cause ?? error
