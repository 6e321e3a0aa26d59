/** WordPress's roles, the most powerful first. */
export const ROLES = ['administrator', 'editor', 'author', 'contributor', 'subscriber'] as const
export type Role = (typeof ROLES)[number]

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text)

/**
 * The capabilities that each role has in addition to those of the next lower one, by WordPress's names. Clients read them
 * to decide what to offer.
 */
const ADDED: Record<Role, readonly string[]> = {
  subscriber: ['read', 'level_0'],
  contributor: ['edit_posts', 'delete_posts', 'level_1'],
  author: ['edit_published_posts', 'publish_posts', 'delete_published_posts', 'upload_files', 'level_2'],
  editor: [
    'moderate_comments',
    'manage_categories',
    'manage_links',
    'edit_others_posts',
    'edit_pages',
    'edit_others_pages',
    'edit_published_pages',
    'publish_pages',
    'delete_pages',
    'delete_others_pages',
    'delete_published_pages',
    'delete_others_posts',
    'delete_private_posts',
    'edit_private_posts',
    'read_private_posts',
    'delete_private_pages',
    'edit_private_pages',
    'read_private_pages',
    'unfiltered_html',
    'level_7',
  ],
  administrator: [
    'manage_options',
    'list_users',
    'create_users',
    'edit_users',
    'delete_users',
    'promote_users',
    'remove_users',
    'edit_dashboard',
    'import',
    'export',
    'level_10',
  ],
}

const capabilities = new Map(
  ROLES.map((role, at) => {
    const names = ROLES.slice(at).flatMap(each => ADDED[each])
    return [role, Object.freeze(Object.fromEntries(names.map(name => [name, true])))]
  }),
)

/** The capabilities of a role, as in `users/me?context=edit`. */
export const capabilitiesOf = (role: Role): Readonly<Record<string, boolean>> => capabilities.get(role) ?? {}
