import type { Caller } from '../content/caller.ts'
import type { ContentRules } from '../content/content-rules.ts'
import type { TaxonomyModel, TypeModel } from '../content/model.ts'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { CONTEXT } from '../rest/arguments.ts'
import type { Endpoint, RestRequest, RestRoute } from '../rest/route.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'

/** Something that the site has, by its name: a type, a taxonomy, a status. */
interface Described {
  name: string
  describe(context: string): object
}

/** The routes that say which types, taxonomies and statuses the site has. */
export function typeRoutes(site: Site, rules: ContentRules): RestRoute[] {
  const mayEdit = async ({ user }: Caller) => rules.capabilities.can(user, 'edit_posts')

  /** A collection is an object by name, as in WordPress. */
  function routesOf(plural: string, member: string, all: readonly Described[], unknown: ErrorCode): RestRoute[] {
    const contextOf = async (request: RestRequest): Promise<string> => {
      const context = request.values.text('context') ?? 'view'
      const caller = rules.callerOf(request.auth, 'posts')
      if (context === 'edit' && !(await mayEdit(caller)))
        throw caller.problem ?? new ConnectError('rest_forbidden_context', { status: caller.user ? 403 : 401 })
      return context
    }
    const list: Endpoint = {
      methods: ['GET'],
      args: { context: CONTEXT },
      async permit(request) {
        const context = await contextOf(request)
        return async () => ({ body: Object.fromEntries(all.map(each => [each.name, each.describe(context)])) })
      },
    }
    const one: Endpoint = {
      methods: ['GET'],
      args: { context: CONTEXT },
      async permit(request) {
        const found = all.find(({ name }) => name === request.path[member])
        if (!found) throw new ConnectError(unknown)
        const context = await contextOf(request)
        return async () => ({ body: found.describe(context) })
      },
    }
    return [
      { route: `/wp/v2/${plural}`, endpoints: [list] },
      { route: `/wp/v2/${plural}/(?P<${member}>[\\w-]+)`, endpoints: [one] },
    ]
  }

  const types: Described[] = [
    ...rules.types.map(type => ({ name: type.name, describe: (context: string) => describeType(site, type, context) })),
    ...(rules.content.media
      ? [{ name: 'attachment', describe: (context: string) => describeType(site, MEDIA, context) }]
      : []),
  ]
  const taxonomies = rules.taxonomies.map(taxonomy => ({
    name: taxonomy.name,
    describe: (context: string) => describeTaxonomy(site, taxonomy, context),
  }))
  const statuses = STATUSES.map(status => ({ name: status.slug, describe: () => describeStatus(site, status) }))
  return [
    ...routesOf('types', 'type', types, 'rest_type_invalid'),
    ...routesOf('taxonomies', 'taxonomy', taxonomies, 'rest_taxonomy_invalid'),
    ...routesOf('statuses', 'status', statuses, 'rest_status_invalid'),
  ]
}

type ShownType = Pick<TypeModel, 'name' | 'restBase' | 'label' | 'singularLabel' | 'hierarchical' | 'plural'> & {
  taxonomyModels: readonly { name: string }[]
}

const MEDIA: ShownType = {
  name: 'attachment',
  restBase: 'media',
  label: 'Media',
  singularLabel: 'Media',
  hierarchical: false,
  plural: 'posts',
  taxonomyModels: [],
}

function describeType(site: Site, type: ShownType, context: string): object {
  const { name, restBase, label, hierarchical } = type
  const isMedia = name === 'attachment'
  return {
    ...(context === 'edit' && { capabilities: capabilitiesOf(type) }),
    description: '',
    hierarchical,
    has_archive: false,
    ...(context === 'edit' && {
      viewable: true,
      visibility: { show_in_nav_menus: !isMedia, show_ui: true },
      labels: typeLabels(type),
      supports: {
        title: true,
        author: true,
        ...(!isMedia && { editor: [{ notes: true }], excerpt: true, thumbnail: true, 'custom-fields': true }),
        ...(hierarchical && { 'page-attributes': true }),
        ...(name === 'post' && { 'post-formats': true }),
      },
    }),
    icon: null,
    name: label,
    slug: name,
    taxonomies: type.taxonomyModels.map(taxonomy => taxonomy.name),
    rest_base: restBase,
    rest_namespace: 'wp/v2',
    template: [],
    template_lock: false,
    _links: {
      collection: [{ href: restUrl(site, '/wp/v2/types') }],
      'wp:items': [{ href: restUrl(site, `/wp/v2/${restBase}`) }],
      curies: [{ name: 'wp', href: 'https://api.w.org/{rel}', templated: true }],
    },
  }
}

function capabilitiesOf({ plural }: ShownType): Record<string, string> {
  const singular = plural.slice(0, -1)
  return {
    edit_post: `edit_${singular}`,
    read_post: `read_${singular}`,
    delete_post: `delete_${singular}`,
    edit_posts: `edit_${plural}`,
    edit_others_posts: `edit_others_${plural}`,
    delete_posts: `delete_${plural}`,
    publish_posts: `publish_${plural}`,
    read_private_posts: `read_private_${plural}`,
    read: 'read',
    delete_private_posts: `delete_private_${plural}`,
    delete_published_posts: `delete_published_${plural}`,
    delete_others_posts: `delete_others_${plural}`,
    edit_private_posts: `edit_private_${plural}`,
    edit_published_posts: `edit_published_${plural}`,
    create_posts: `edit_${plural}`,
  }
}

/** The mobile apps cannot read a type without each of these. */
function typeLabels({ label, singularLabel, hierarchical }: ShownType): Record<string, string | null> {
  const [many, one] = [label.toLowerCase(), singularLabel.toLowerCase()]
  return {
    name: label,
    singular_name: singularLabel,
    add_new: `Add ${singularLabel}`,
    add_new_item: `Add ${singularLabel}`,
    edit_item: `Edit ${singularLabel}`,
    new_item: `New ${singularLabel}`,
    view_item: `View ${singularLabel}`,
    view_items: `View ${label}`,
    search_items: `Search ${label}`,
    not_found: `No ${many} found.`,
    not_found_in_trash: `No ${many} found in Trash.`,
    parent_item_colon: hierarchical ? `Parent ${singularLabel}:` : null,
    all_items: `All ${label}`,
    archives: `${singularLabel} Archives`,
    attributes: `${singularLabel} Attributes`,
    insert_into_item: `Insert into ${one}`,
    uploaded_to_this_item: `Uploaded to this ${one}`,
    featured_image: 'Featured image',
    set_featured_image: 'Set featured image',
    remove_featured_image: 'Remove featured image',
    use_featured_image: 'Use as featured image',
    filter_items_list: `Filter ${many} list`,
    filter_by_date: 'Filter by date',
    items_list_navigation: `${label} list navigation`,
    items_list: `${label} list`,
    item_published: `${singularLabel} published.`,
    item_published_privately: `${singularLabel} published privately.`,
    item_reverted_to_draft: `${singularLabel} reverted to draft.`,
    item_trashed: `${singularLabel} trashed.`,
    item_scheduled: `${singularLabel} scheduled.`,
    item_updated: `${singularLabel} updated.`,
    item_link: `${singularLabel} Link`,
    item_link_description: `A link to a ${one}.`,
    menu_name: label,
    name_admin_bar: singularLabel,
    template_name: `Single item: ${singularLabel}`,
  }
}

function describeTaxonomy(site: Site, { name, restBase, label, hierarchical, types }: TaxonomyModel, context: string) {
  return {
    ...(context === 'edit' && {
      capabilities: {
        manage_terms: 'manage_categories',
        edit_terms: 'manage_categories',
        delete_terms: 'manage_categories',
        assign_terms: 'edit_posts',
      },
      visibility: {
        public: true,
        publicly_queryable: true,
        show_admin_column: true,
        show_in_nav_menus: true,
        show_in_quick_edit: true,
        show_ui: true,
      },
      show_cloud: !hierarchical,
      labels: { name: label },
    }),
    name: label,
    slug: name,
    description: '',
    types,
    hierarchical,
    rest_base: restBase,
    rest_namespace: 'wp/v2',
    _links: {
      collection: [{ href: restUrl(site, '/wp/v2/taxonomies') }],
      'wp:items': [{ href: restUrl(site, `/wp/v2/${restBase}`) }],
      curies: [{ name: 'wp', href: 'https://api.w.org/{rel}', templated: true }],
    },
  }
}

const STATUSES = [
  { slug: 'publish', name: 'Published', isPublic: true },
  { slug: 'future', name: 'Scheduled', isPublic: false },
  { slug: 'draft', name: 'Draft', isPublic: false },
  { slug: 'pending', name: 'Pending', isPublic: false },
  { slug: 'private', name: 'Private', isPublic: false },
  { slug: 'trash', name: 'Trash', isPublic: false },
] as const

const describeStatus = (site: Site, { slug, name, isPublic }: (typeof STATUSES)[number]) => ({
  name,
  private: slug === 'private',
  protected: !isPublic && slug !== 'private' && slug !== 'trash',
  public: isPublic,
  queryable: isPublic,
  show_in_list: slug !== 'trash',
  slug,
  date_floating: slug === 'draft' || slug === 'pending',
  _links: { archives: [{ href: restUrl(site, `/wp/v2/posts${isPublic ? '' : `?status=${slug}`}`) }] },
})
