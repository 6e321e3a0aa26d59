#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { isTooOld } from './node-version.ts'

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

// Checked first, before modules are loaded that an old Node does not support.
if (isTooOld(process.versions.node, engines.node)) {
  console.error(
    `Error: koa-wp-connect needs Node ${engines.node.replace('>=', '')} or later. This is Node ${process.versions.node}.`,
  )
  process.exitCode = 1
} else {
  const { run } = await import('./program.ts')
  await run(process.argv.slice(2), process)
}
