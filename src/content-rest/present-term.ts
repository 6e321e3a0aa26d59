import type { Term } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import type { TaxonomyModel } from '../content/model.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { termLinks } from './links.ts'

/** Returns terms in WordPress's form. */
export async function presentTerms(
  site: Site,
  rules: ContentRules,
  taxonomy: TaxonomyModel,
  terms: readonly Term[],
  context: string,
): Promise<object[]> {
  const refs = terms
    .flatMap(({ id, parent }) => (parent ? [id, parent] : [id]))
    .map(id => ({ kind: 'term' as const, id }))
  const [numberOf, linkOf] = await Promise.all([rules.ids.number(refs), termLinks(site, taxonomy, terms)])
  const href = (route: string) => restUrl(site, `/wp/v2${route}`)
  const isEmbed = context === 'embed'

  return terms.map(term => {
    const id = numberOf('term', term.id)
    return {
      id,
      ...(!isEmbed && { count: term.count, description: term.description ?? '' }),
      link: linkOf(term),
      name: term.name,
      slug: term.slug,
      taxonomy: taxonomy.name,
      ...(!isEmbed && {
        ...(taxonomy.hierarchical && { parent: term.parent ? numberOf('term', term.parent) : 0 }),
        meta: [],
      }),
      _links: {
        self: [{ href: href(`/${taxonomy.restBase}/${id}`) }],
        collection: [{ href: href(`/${taxonomy.restBase}`) }],
        about: [{ href: href(`/taxonomies/${taxonomy.name}`) }],
        ...(term.parent && {
          up: [{ embeddable: true, href: href(`/${taxonomy.restBase}/${numberOf('term', term.parent)}`) }],
        }),
        curies: [{ name: 'wp', href: 'https://api.w.org/{rel}', templated: true }],
      },
    }
  })
}
