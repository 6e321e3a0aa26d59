import { forEmbeddedUsers, forEverySite, forOAuth, forThrottle, type Migration } from '../../migrations/index.js'

/** What a site has that needs tables. */
interface Features {
  embeddedUsers: boolean
  oauth: boolean
  /** Whether failed attempts are counted in the database. */
  throttle: boolean
}

/** The migrations that a site needs, in the order of their numbers. */
export function chooseMigrations({ embeddedUsers, oauth, throttle }: Features): readonly Migration[] {
  const chosen = [
    ...forEverySite,
    ...(embeddedUsers ? forEmbeddedUsers : []),
    ...(oauth ? forOAuth : []),
    ...(throttle ? forThrottle : []),
  ]
  return chosen.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
