import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Declared, readApi, root } from './declarations.ts'

/** docs/reference/api.md, made of the TSDoc of whatever the package exports. `node scripts/api-page.ts` writes it; a test compares. */
export function apiPage(): string {
  const { entries, augmented } = readApi({ comments: true })
  const sections = entries.map(({ specifier, names }) => {
    const exported = names.toSorted((a, b) => Number(a.kind === 'type') - Number(b.kind === 'type'))
    const parts = exported.flatMap(({ declared }) => (declared ? [partOf(declared)] : []))
    return `## ${specifier}\n\n${parts.join('\n\n')}`
  })
  return `${HEAD}\n${sections.join('\n\n')}\n\n## \`ctx.state\`\n\n${declaration(augmented.join('\n'))}\n`
}

const HEAD = `# API

Everything that the package exports. \`node scripts/api-page.ts\` generates this page from the comments in the source;
the other pages show how to use it.
`

const partOf = ({ name, statements, comment }: Declared): string =>
  `### ${name}\n\n${proseOf(comment)}${declaration(statements.join('\n'))}${examplesOf(comment)}`

/** Examples are `ts`, which a test compiles; declarations cannot stand on their own. */
const fenced = (language: 'ts' | 'typescript', text: string): string => `\`\`\`${language}\n${text}\n\`\`\``
const declaration = (text: string): string => fenced('typescript', text.replaceAll('    ', '  '))

/** The text of a comment, without its stars; `{@link x}` is `x`. */
const textOf = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^ *\* ?/gm, '')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim()

const TAGS = /(^|\.)(?: )?@(param|returns|throws) /gm
const TAG_NAMES = { param: 'Parameter', returns: 'Returns', throws: 'Throws' }

/** What a comment says, and what goes in and comes out. */
function proseOf(comment: string): string {
  const [prose = ''] = textOf(comment).split(/^@example$/m)
  const tagged = prose.replace(
    TAGS,
    (_tag, before: string, name: keyof typeof TAG_NAMES) => `${before}\n${TAG_NAMES[name]}: `,
  )
  return prose.trim() === '' ? '' : `${tagged.replace(/\n{3,}/g, '\n\n').trim()}\n\n`
}

const examplesOf = (comment: string): string =>
  textOf(comment)
    .split(/^@example$/m)
    .slice(1)
    .map(example => `\n\nFor example:\n\n${fenced('ts', example.trim())}`)
    .join('')

if (import.meta.main) writeFileSync(join(root, 'docs/reference/api.md'), apiPage())
