import type { Auth } from '../authentication/auth.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { User } from '../users/user.ts'
import type { Item, MediaItem, Term } from './content.ts'

/** What was created, changed or deleted. */
export type ContentChange = { user: User; auth: Auth } & (
  | { kind: 'item'; type: string; item: Item }
  | { kind: 'term'; taxonomy: string; term: Term }
  | { kind: 'media'; media: MediaItem }
)

export interface ContentEvents {
  /** A client created a post, page, term or file. */
  'content-created': ContentChange
  /** A client changed one, or moved it to the trash. */
  'content-updated': ContentChange
  /** A client deleted one for good. */
  'content-deleted': ContentChange
}

export type ContentHooks = Pick<Hooks<ContentEvents>, 'emit'>

export interface ContentFilters {
  /** The HTML that readers see. It runs each time an item is shown, after paragraphs were made. */
  'content-rendered': { value: string; details: { item: Item; type: string } }
}
