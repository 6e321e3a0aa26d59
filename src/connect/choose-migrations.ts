import {
  forContent,
  forEmbeddedContent,
  forEmbeddedUsers,
  forEverySite,
  forOAuth,
  forThrottle,
  type Migration,
} from '../../migrations/index.js'

/** The features of a site that decide which tables it needs. */
interface Features {
  embeddedUsers: boolean
  oauth: boolean
  content: boolean
  embeddedContent: boolean
  /** Whether failed attempts are counted in the database. */
  throttle: boolean
}

/** Returns the migrations that a site needs, sorted by number. */
export function chooseMigrations(features: Features): readonly Migration[] {
  const chosen = [
    ...forEverySite,
    ...(features.embeddedUsers ? forEmbeddedUsers : []),
    ...(features.oauth ? forOAuth : []),
    ...(features.content ? forContent : []),
    ...(features.embeddedContent ? forEmbeddedContent : []),
    ...(features.throttle ? forThrottle : []),
  ]
  return chosen.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
