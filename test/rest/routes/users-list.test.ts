import test from 'ava'
import { basic } from '../../support/client.ts'
import { startSite } from '../../support/site.ts'

const USERS = '/wp-json/wp/v2/users'

test('without content, the list of users contains the caller if the filters match', async t => {
  const site = await startSite(t, {}, { hasContent: false })
  const { password } = await (await site.client('ed')).createPassword()
  const script = await site.client()
  const ask = (query: string) => script.get(`${USERS}?${query}`, { headers: basic('ed', password) })
  const isIn = async (query: string) => {
    const { status, json, headers } = await ask(query)
    t.is(status, 200, query)
    t.is(headers.get('x-wp-total'), /(^|&)(page|offset)=/.test(query) ? '1' : String(json.length), query)
    return json.length === 1 && json[0].slug === 'ed'
  }
  for (const query of [
    '',
    'slug=ed',
    'slug=admin,ed',
    'slug[]=sam&slug[]=ED',
    'include=2',
    'include=1,2',
    'include[]=2',
    'exclude=1',
    'search=ed',
    'search=ED@example',
    'search=*d*',
    'search=2',
    'search=',
    'roles=editor',
    'roles=author,editor',
    'who=authors',
    'per_page=100&page=1',
    'offset=0',
    'orderby=id&order=desc',
    'context=edit',
  ]) {
    t.true(await isIn(query), query)
  }
  for (const query of [
    'slug=sam',
    'include=1',
    'include=5f0c9b1e-0000-4000-8000-00000000000a',
    'exclude=2',
    'exclude[]=1&exclude[]=2',
    'search=zzz',
    'roles=administrator',
    'page=2',
    'offset=1',
  ]) {
    t.false(await isIn(query), query)
  }
  const second = await ask('page=2&per_page=1&context=edit')
  t.deepEqual([second.json, second.headers.get('x-wp-totalpages')], [[], '1'])
  t.true(
    second.headers.get('link')?.includes(`<${site.url}${USERS}?page=1&per_page=1&context=edit>; rel="prev"`),
    second.headers.get('link') ?? '',
  )
  t.is((await ask('slug=sam')).headers.get('x-wp-totalpages'), '0')
})

test('a bad parameter of the list is rejected as in WordPress', async t => {
  const site = await startSite(t, {}, { hasContent: false })
  const owner = await site.client('admin')
  const bad: [query: string, name: string, code: string, message?: string][] = [
    ['per_page=abc', 'per_page', 'rest_invalid_type', 'per_page is not of type integer.'],
    ['per_page=', 'per_page', 'rest_invalid_type'],
    ['per_page=1.5', 'per_page', 'rest_invalid_type'],
    ['per_page[]=1', 'per_page', 'rest_invalid_type'],
    ['per_page=0', 'per_page', 'rest_out_of_bounds', 'per_page must be between 1 (inclusive) and 100 (inclusive)'],
    ['per_page=101', 'per_page', 'rest_out_of_bounds'],
    ['page=0', 'page', 'rest_out_of_bounds', 'page must be greater than or equal to 1'],
    ['page=-1', 'page', 'rest_out_of_bounds'],
    ['page=9999999999999999999', 'page', 'rest_invalid_type'],
    ['offset=x', 'offset', 'rest_invalid_type'],
    ['order=up', 'order', 'rest_not_in_enum', 'order is not one of asc and desc.'],
    ['orderby=password', 'orderby', 'rest_not_in_enum'],
    ['who=all', 'who', 'rest_not_in_enum', 'who is not one of authors.'],
    ['include=nobody', 'include', 'rest_no_matching_schema'],
    ['slug[a][]=x', 'slug', 'rest_invalid_type'],
    ['search[]=x', 'search', 'rest_invalid_type', 'search is not of type string.'],
    ['context=all', 'context', 'rest_not_in_enum'],
  ]
  for (const [query, name, code, message] of bad) {
    const { status, json } = await owner.rest('GET', `${USERS}?${query}`)
    t.deepEqual(
      [query, status, json.code, Object.keys(json.data.params ?? {})],
      [query, 400, 'rest_invalid_param', [name]],
    )
    t.is(json.data.details[name].code, code, query)
    if (message) t.is(json.data.params[name], message)
  }
})
