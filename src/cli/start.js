// JavaScript, because an old Node loads no TypeScript: it would print a stack instead of saying what to do.
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const numbers = text => text.replace(/^\D+/, '').split('.').map(Number)
const [major, minor] = numbers(process.versions.node)
const [needsMajor, needsMinor] = numbers(engines.node)

if (major < needsMajor || (major === needsMajor && minor < needsMinor)) {
  fail(`This needs Node ${needsMajor}.${needsMinor} or later. This is Node ${process.versions.node}.`)
} else {
  try {
    await import('./main.ts')
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/ package /.test(error.message)) throw error
    fail('The packages are not installed.')
  }
}

function fail(why) {
  console.error(`Error: ${why} In a clone, run npm ci first: it installs the packages and the right Node.`)
  process.exitCode = 1
}
