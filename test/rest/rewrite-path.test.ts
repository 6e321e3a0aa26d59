import test from 'ava'
import fc from 'fast-check'
import { createIsUnder } from '../../src/http/is-under.ts'
import { pathOfRoute } from '../../src/rest/rewrite-path.ts'

test('a route becomes the path below the REST prefix', t => {
  t.is(pathOfRoute('/'), '/wp-json/')
  t.is(pathOfRoute('//'), '/wp-json/')
  t.is(pathOfRoute('/wp/v2/users/me'), '/wp-json/wp/v2/users/me')
  t.is(pathOfRoute('/wp/v2/users/me///'), '/wp-json/wp/v2/users/me')
})

test('an invalid route becomes a path that matches no route', t => {
  t.is(pathOfRoute('wp/v2/users/me'), '/wp-json/wp%2Fv2%2Fusers%2Fme')
  t.is(pathOfRoute('//wp/v2/users/me'), '/wp-json/%2F%2Fwp%2Fv2%2Fusers%2Fme')
  t.is(pathOfRoute('/wp/v2/users/me?context=edit'), '/wp-json/wp/v2/users/me%3Fcontext=edit')
  t.is(pathOfRoute('/a b/é#x'), '/wp-json/a%20b/%C3%A9%23x')
})

test('property: every route becomes a valid path under the REST prefix', t => {
  const isRest = createIsUnder(['/wp-json'])
  const route = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc
      .array(fc.constantFrom('/', '//', '.', '..', 'wp', 'v2', 'users', '?', '#', '\\', '%', '%2F', '@', 'é'), {
        minLength: 1,
      })
      .map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(route, text => {
      const path = pathOfRoute(text)
      return isRest(path) && !/[?#\\\s]/.test(path) && /^[!-~]+$/.test(path)
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

test('property: a route of plain characters stays unchanged', t => {
  const segment = fc.stringMatching(/^[\w-]{1,10}$/)
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), segments => {
      const route = `/${segments.join('/')}`
      return pathOfRoute(route) === `/wp-json${route}` && pathOfRoute(`${route}/`) === `/wp-json${route}`
    }),
  )
  t.pass()
})
