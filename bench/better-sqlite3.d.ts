/** What the bench uses of it: the package has no types of its own. */
declare module 'better-sqlite3' {
  class Database {
    constructor(filename: string)
    exec(sql: string): void
    prepare(sql: string): { run(...values: unknown[]): void; all(values: unknown[]): unknown[] }
  }
  export = Database
}
