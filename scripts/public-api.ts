import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readApi, root } from './declarations.ts'

/**
 * What hosts can see of the package, as one text: what each entry point exports, and every declaration of ours that can be
 * reached from there. `node scripts/public-api.ts` writes it to test/public-api.txt, which a test compares.
 */
export function publicApi(): string {
  const { entries, reached, augmented } = readApi({ comments: false })
  const lists = entries.map(({ specifier, names }) => {
    const lines = names.map(({ name, kind }) => (kind === 'type' ? `  type ${name}` : `  ${name}`))
    return `${specifier}\n${lines.sort().join('\n')}\n`
  })
  const declarations = reached.map(({ statements }) => statements.join('\n'))
  return `${[...lists, ...declarations, ...augmented].join('\n')}\n`
}

if (import.meta.main) writeFileSync(join(root, 'test/public-api.txt'), publicApi())
