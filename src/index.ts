export type { ApplicationPassword } from './application-passwords/application-password.ts'
export type {
  ApplicationPasswords,
  CreatedApplicationPassword,
} from './application-passwords/application-passwords-types.ts'
export type {
  ApplicationPasswordImport,
  ImportOptions,
  PortableApplicationPassword,
} from './application-passwords/imports.ts'
export type { AccessTokenAuth, ApplicationPasswordAuth, Auth, SessionAuth } from './authentication/auth.ts'
export type { Requirement } from './authentication/require.ts'
export { createConnect } from './connect/connect.ts'
export type { Connect } from './connect/connect-types.ts'
export type { Events, Filters } from './connect/events.ts'
export type { ConnectOptions } from './connect/options.ts'
export type {
  By,
  Content,
  ContentType,
  FileStore,
  Found,
  Id,
  Item,
  ItemDraft,
  ItemOrder,
  ItemQuery,
  Media,
  MediaDraft,
  MediaItem,
  MediaQuery,
  Settings,
  Status,
  StoredFile,
  Taxonomy,
  Term,
  TermDraft,
  TermQuery,
} from './content/content.ts'
export type { ContentContext } from './content/content-context.ts'
export type { ContentChange } from './content/events.ts'
export type { LocalizedCheckResult } from './doctor/check.ts'
export {
  type EmbeddedContent,
  type EmbeddedContentOptions,
  embeddedContent,
} from './embedded-content/embedded-content.ts'
export type { AccountDetails, PortableAccount } from './embedded-users/account-details.ts'
export type { Accounts } from './embedded-users/accounts.ts'
export { type EmbeddedUsers, embeddedUsers } from './embedded-users/embedded-users.ts'
export type { EmbeddedUser } from './embedded-users/rows.ts'
export { ConnectError, type ErrorCode, type ErrorDetails, type ErrorKind, OptionsError } from './errors.ts'
export { type FileStoreOptions, fileStore, type LocalFileStore } from './file-store/file-store.ts'
export type { Message, PluralForms } from './languages/messages.ts'
export type { OAuth } from './oauth/build.ts'
export type { ClientDetails } from './oauth/clients/client-details.ts'
export type { Client } from './oauth/clients/client-rows.ts'
export type { Clients, CreatedClient } from './oauth/clients/clients-types.ts'
export type { ConnectedApp, ConnectedApps } from './oauth/connected-apps/connected-apps.ts'
export type { Access, Grant } from './oauth/grants/grant.ts'
export type { OAuthOptions } from './oauth/options.ts'
export type { PagesOptions } from './pages/options.ts'
export type { SiteOptions } from './site.ts'
export type { Action, User, UserSite, Users } from './users/user.ts'
