import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Builds `dist/`: JavaScript and declarations of `src/`. `templates/` stays where it is, beside `dist/` as beside `src/`. */
const root = new URL('../', import.meta.url)
const file = (path: string) => fileURLToPath(new URL(path, root))

// What is left of a file that has gone from src/ must not be published.
rmSync(file('dist'), { recursive: true, force: true })
execFileSync(process.execPath, [file('node_modules/typescript/bin/tsc'), '-p', file('tsconfig.build.json')], {
  stdio: 'inherit',
})

for (const entry of ['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js']) {
  if (!existsSync(file(entry))) throw new Error(`the build made no ${entry}`)
}
if (!readFileSync(file('dist/cli/main.js'), 'utf8').startsWith('#!/usr/bin/env node\n')) {
  throw new Error('dist/cli/main.js has lost its first line, #!/usr/bin/env node')
}
