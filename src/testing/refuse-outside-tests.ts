/** Throws unless a test runner is active. Most set `NODE_ENV=test`; Node's own sets `NODE_TEST_CONTEXT`. */
export function refuseOutsideTests(): void {
  const { NODE_ENV, NODE_TEST_CONTEXT } = process.env
  if (NODE_ENV === 'test' || (NODE_ENV !== 'production' && NODE_TEST_CONTEXT !== undefined)) return
  throw new Error(
    'createTestSite: this logs users in without a password, so it only runs in tests. Start it with a test runner: most set ' +
      `NODE_ENV=test, and node --test sets NODE_TEST_CONTEXT. Otherwise set NODE_ENV=test yourself (given: NODE_ENV=${NODE_ENV ?? ''})`,
  )
}
