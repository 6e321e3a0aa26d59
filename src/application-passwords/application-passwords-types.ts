import type { User } from '../users/user.ts'
import type { ApplicationPassword } from './application-password.ts'
import type { ApplicationPasswordImport, ImportOptions, PortableApplicationPassword } from './imports.ts'

/** A new application password with its secret. */
export interface CreatedApplicationPassword {
  applicationPassword: ApplicationPassword
  /** The secret itself, 24 letters and digits. Show it once; it cannot be read back. */
  password: string
}

/**
 * Creates, reads, renames and revokes application passwords: `connect.applicationPasswords`. These methods check no
 * permissions; decide first whether the caller may.
 */
export interface ApplicationPasswords {
  /**
   * Returns one application password of the user.
   *
   * @throws ConnectError `rest_application_password_not_found`
   */
  get(user: User, uuid: string): Promise<ApplicationPassword>
  /** Returns all application passwords of the user, oldest first. */
  list(user: User): Promise<ApplicationPassword[]>
  /**
   * Creates an application password.
   *
   * @param name 200 characters at most; tags and control characters are removed
   * @param appId UUID of the application in lower case, or '' for none
   * @param isStillAllowed called after the row is written. If it returns false, for example because the person has logged
   * out meanwhile, the row is deleted and the password is not returned
   * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`, `invalid_app_id`,
   * `too_many_application_passwords`; `account_changed` if meanwhile the account's password changed or all application
   * passwords were revoked; `rest_not_logged_in` if `isStillAllowed` returns false
   * @example
   * const { password } = await connect.applicationPasswords.create(user, 'Zapier')
   */
  create(
    user: User,
    name: string,
    appId?: string,
    isStillAllowed?: () => boolean | Promise<boolean>,
  ): Promise<CreatedApplicationPassword>
  /**
   * Renames an application password, and returns it.
   *
   * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`,
   * `rest_application_password_not_found`
   */
  rename(user: User, uuid: string, name: string): Promise<ApplicationPassword>
  /**
   * Revokes an application password, and returns it. The very next request with it is refused.
   *
   * @throws ConnectError `rest_application_password_not_found`
   */
  revoke(user: User, uuid: string): Promise<ApplicationPassword>
  /**
   * Revokes all application passwords of the user.
   *
   * @returns how many were revoked
   */
  revokeAll(user: User): Promise<number>
  /**
   * Records a use by hand, as `wp user application-password record-usage` does.
   *
   * @param ip the address as text, or null for none; text that is not an IP address counts as null
   * @throws ConnectError `rest_application_password_not_found`
   */
  recordUsage(user: User, uuid: string, ip: string | null): Promise<void>
  /**
   * Imports application passwords that another site, such as a WordPress, created for this user. They go on working, with
   * the same UUIDs, names and times. Existing ones are left unchanged, so you can run the import again; one that was
   * revoked here after an import stays revoked. No events are emitted. `readWordPress()` of `koa-wp-connect/transfer` reads
   * them.
   *
   * @param user with `dryRun`, `null` for a user who does not exist yet
   * @example
   * for await (const person of readWordPress({ knex: wordpress })) {
   *   const user = await userFor(person) // your own user, found or created
   *   const { refused } = await connect.applicationPasswords.import(user, person.applicationPasswords)
   *   for (const { name, reason } of refused) console.warn(`${person.login}: ${name}: ${reason}`)
   * }
   */
  import(
    user: User | null,
    applicationPasswords: readonly PortableApplicationPassword[],
    options?: ImportOptions,
  ): Promise<ApplicationPasswordImport>
  /**
   * Exports a user's application passwords with their hashes, oldest first, for another site's `import()` or a WordPress.
   * The passwords themselves are stored nowhere.
   */
  export(user: User): Promise<PortableApplicationPassword[]>
}
