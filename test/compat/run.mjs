// Asks a live site what a real WordPress was asked.
//   run.mjs compare wordpress-7.1.4.json [--accept better.json]    say where it answers otherwise than WordPress
//   run.mjs capture OUT.json                                       write down what it answers
// better.json: { "<scenario>": { "seen": <the answer here>, "why": "<why it is better than WordPress's>" } }
// The site, from the environment: BASE, ADMIN, ADMIN_PASSWORD, ADMIN_EMAIL, SUB, SUB_PASSWORD.
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

// `SCENARIOS=content.mjs` runs other scenarios.
const { prepare, scenarios } = await import(`./${process.env.SCENARIOS ?? 'scenarios.mjs'}`)

const [mode, file, ...rest] = process.argv.slice(2)
const flag = n => {
  const i = rest.indexOf(n)
  return i < 0 ? undefined : rest[i + 1]
}
const e = process.env
const env = {
  base: (e.BASE ?? 'http://localhost:8071').replace(/\/$/, ''),
  admin: {
    login: e.ADMIN ?? 'admin',
    password: e.ADMIN_PASSWORD ?? 'password',
    email: e.ADMIN_EMAIL ?? 'admin@example.com',
  },
  sub: { login: e.SUB ?? 'sam', password: e.SUB_PASSWORD ?? 'password' },
}
let ctx
let prepError
try {
  ctx = await prepare(env)
} catch (err) {
  prepError = err
}
const clean = v => JSON.parse(JSON.stringify(v ?? null))
const results = {}
for (const s of scenarios) {
  try {
    if (!ctx) throw new Error(`prepare: ${prepError.message}`)
    results[s.id] = clean(await s.fn(ctx))
  } catch (err) {
    results[s.id] = { threw: String(err.message).slice(0, 160) }
  }
}
if (mode === 'capture') {
  writeFileSync(
    file,
    `${JSON.stringify(Object.fromEntries(scenarios.map(s => [s.id, { seen: results[s.id] }])), null, 1)}\n`,
  )
  console.log(`${scenarios.length} captured`)
} else {
  const ref = JSON.parse(readFileSync(file, 'utf8'))
  const acceptFile = flag('--accept')
  const accept = acceptFile ? JSON.parse(readFileSync(acceptFile, 'utf8')) : {}
  let same = 0
  let allowed = 0
  const diff = []
  for (const s of scenarios) {
    const want = ref[s.id]?.seen
    const got = results[s.id]
    if (isDeepStrictEqual(want, got)) same++
    else if (accept[s.id] && isDeepStrictEqual(accept[s.id].seen, got)) allowed++
    else diff.push([s.id, want, got])
  }
  for (const [id, w, g] of diff)
    console.log(`DIFF ${id}\n  WordPress: ${JSON.stringify(w)}\n  here:      ${JSON.stringify(g)}`)
  console.log(`${same} same, ${allowed} better on purpose, ${diff.length} differ, of ${scenarios.length}`)
  process.exitCode = diff.length ? 1 : 0
}
