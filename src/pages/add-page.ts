import type Router from '@koa/router'
import type { Middleware } from 'koa'
import { refuseMethod } from './refuse-method.ts'

/** The methods of a page: GET and HEAD, and POST if it has a form. */
interface Answers {
  get: Middleware
  post?: Middleware
}

/** Adds a page. Other methods get 405, as the router's own `allowedMethods()` would send for the host's routes too. */
export function addPage(router: Router, path: string, { get, post }: Answers, ...before: Middleware[]): void {
  router.get(path, ...before, get)
  if (post) router.post(path, ...before, post)
  router.all(path, ...before, refuseMethod(post ? 'GET, HEAD, POST' : 'GET, HEAD'))
}
