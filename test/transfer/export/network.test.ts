import { exportTo, userOf } from '../../support/exported.ts'
import { startSite } from '../../support/site.ts'
import { startWordPress, testWithMariaDb } from '../../support/wordpress.ts'

const testWordPress = await testWithMariaDb()

/** What sam, a subscriber here and on the main site there, has of further user meta; and why they are refused. */
const ELSEWHERE: Record<string, [key: string, value: string, refused: RegExp | null]> = {
  'an administrator of another site': [
    'wp_2_capabilities',
    'a:1:{s:13:"administrator";b:1;}',
    /higher role: administrator there, subscriber here \(wp_2_capabilities\)/,
  ],
  'a plugin’s role on another site': ['wp_17_capabilities', 'a:1:{s:12:"shop_manager";b:1;}', /shop_manager/],
  'a single capability on another site': ['wp_2_capabilities', 'a:1:{s:13:"install_plugs";b:1;}', /install_plugs/],
  'capabilities that cannot be read': ['wp_2_capabilities', 'O:8:"stdClass":0:{}', /cannot be read/],
  'an administrator of another WordPress with the same users': [
    'blog_capabilities',
    'a:1:{s:13:"administrator";b:1;}',
    /blog_capabilities/,
  ],
  'a subscriber of another site, too': ['wp_2_capabilities', 'a:1:{s:10:"subscriber";b:1;}', null],
  'nothing any more on another site': ['wp_2_capabilities', 'a:1:{s:13:"administrator";b:0;}', null],
}

for (const [name, [meta_key, meta_value, refused]] of Object.entries(ELSEWHERE)) {
  testWordPress(`an application password gains no access on any site of a network: ${name}`, async t => {
    const site = await startSite(t)
    await site.connect.applicationPasswords.create(await userOf(site, 'sam'), 'x')
    const wordpress = await startWordPress(t)
    const user_id = await wordpress.add({ login: 'sam', roles: ['subscriber'] })
    await wordpress.knex('wp_usermeta').insert({ user_id, meta_key, meta_value })
    const sam = (await exportTo(site, wordpress)).find(({ login }) => login === 'sam')
    t.is(sam?.outcome, refused ? 'skipped' : 'existing')
    if (refused) t.regex(sam?.problems[0] ?? '', refused)
    t.is((await wordpress.meta('sam')) === undefined, refused !== null)
  })
}
