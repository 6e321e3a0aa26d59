import { forEmbeddedUsers, forEverySite, forOAuth, forThrottle, type Migration } from '../../migrations/index.js'

/** The features of a site that decide which tables it needs. */
interface Features {
  embeddedUsers: boolean
  oauth: boolean
  /** Whether failed attempts are counted in the database. */
  throttle: boolean
}

/** Returns the migrations that a site needs, sorted by number. */
export function chooseMigrations({ embeddedUsers, oauth, throttle }: Features): readonly Migration[] {
  const chosen = [
    ...forEverySite,
    ...(embeddedUsers ? forEmbeddedUsers : []),
    ...(oauth ? forOAuth : []),
    ...(throttle ? forThrottle : []),
  ]
  return chosen.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
