import { capabilitiesOf, isRole } from '../users/roles.ts'
import type { User } from '../users/user.ts'
import type { Content, Id, Item, MediaItem } from './content.ts'
import type { TypeModel } from './model.ts'

/** Says what a user may do, by WordPress's capability names. */
export interface Capabilities {
  can(user: User | null, capability: string, item?: Item): Promise<boolean>
  /** @param now decides whether a scheduled item is published */
  mayRead(user: User | null, type: TypeModel, item: Item, now: Date): Promise<boolean>
  mayEdit(user: User | null, type: TypeModel, item: Item): Promise<boolean>
  mayDelete(user: User | null, type: TypeModel, item: Item): Promise<boolean>
  mayEditMedia(user: User | null, item: MediaItem): Promise<boolean>
  mayDeleteMedia(user: User | null, item: MediaItem): Promise<boolean>
}

/**
 * WordPress's rules: a user needs one capability for their own items, and more for what others wrote, what is published and
 * what is private. The host's `content.can()` has the last word on each.
 */
export function createCapabilities(hosts: Content['can']): Capabilities {
  async function can(user: User | null, capability: string, item?: Item): Promise<boolean> {
    if (!user) return false
    return (await hosts?.(user, capability, item)) ?? hasCapability(user, capability)
  }

  async function canAll(user: User | null, capabilities: readonly string[], item?: Item): Promise<boolean> {
    for (const capability of capabilities) if (!(await can(user, capability, item))) return false
    return true
  }

  const isAuthor = (user: User | null, author: Id | null) => user !== null && String(user.id) === String(author)

  /** What WordPress's `map_meta_cap()` asks for. */
  function needed(verb: 'edit' | 'delete', plural: string, status: Item['status'], isOwn: boolean): string[] {
    const published = status === 'publish' ? [`${verb}_published_${plural}`] : []
    if (isOwn) return published.length > 0 ? published : [`${verb}_${plural}`]
    const privates = status === 'private' ? [`${verb}_private_${plural}`] : []
    return [`${verb}_others_${plural}`, ...published, ...privates]
  }

  const may = (verb: 'edit' | 'delete') => (user: User | null, type: TypeModel, item: Item) =>
    canAll(user, needed(verb, type.plural, item.status, isAuthor(user, item.author)), item)

  // As in WordPress, files belong to posts, and count as published.
  const mayWithMedia = (verb: 'edit' | 'delete') => (user: User | null, item: MediaItem) =>
    canAll(user, needed(verb, 'posts', 'publish', isAuthor(user, item.author)))

  const mayEdit = may('edit')

  return {
    can,
    mayEdit,
    mayDelete: may('delete'),
    mayEditMedia: mayWithMedia('edit'),
    mayDeleteMedia: mayWithMedia('delete'),
    async mayRead(user, type, item, now) {
      if (item.status === 'publish' && (item.date === null || item.date <= now)) return true
      if (item.status === 'private')
        return isAuthor(user, item.author) || can(user, `read_private_${type.plural}`, item)
      return mayEdit(user, type, item)
    },
  }
}

/** The host's own word, or what WordPress gives to the roles. */
function hasCapability({ capabilities, roles = [] }: User, capability: string): boolean {
  const own = capabilities?.[capability]
  return own ?? roles.some(role => isRole(role) && capabilitiesOf(role)[capability] === true)
}
