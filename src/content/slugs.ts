/** WordPress's columns hold 200 characters. */
const MAX_SLUG = 200
/** So many tries are enough unless many clients save the same title at once. */
const MAX_TRIES = 20

/**
 * Makes the name in a URL of a text, as WordPress does: `Héllo, World!` becomes `hello-world`. Letters of other scripts stay.
 *
 * @returns `''` for a text without a letter or digit
 */
export function toSlug(text: string): string {
  const words = text
    .slice(0, MAX_SLUG * 10)
    .replace(/<[^>]*>/g, '')
    .replace(/&[a-z0-9#]+;/gi, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{M}\p{N}_\s./–—-]/gu, '')
    // Accents of Latin letters only: in other scripts, marks belong to the letter.
    .replace(/(?<=[a-z])\p{Mn}+/gu, '')
    .normalize('NFC')
    .replace(/[\s./–—-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return shorten(words, '')
}

function shorten(slug: string, suffix: string): string {
  const characters = [...slug]
  let cut = characters.slice(0, MAX_SLUG).join('')
  // In URLs each byte of other scripts takes three characters, and WordPress counts those.
  while (encodeURIComponent(cut).length + suffix.length > MAX_SLUG) cut = [...cut].slice(0, -1).join('')
  return cut.replace(/-+$/, '') + suffix
}

/**
 * Saves under a slug that is not taken: `hello`, `hello-2`, `hello-3` …
 *
 * @param isTaken asks for many slugs at once
 * @param save throws what `isTaken(error)` of `isSlugExists` recognises if another request has just taken the slug
 */
export async function saveUnderFreeSlug<T>(
  wanted: string,
  takenOf: (slugs: readonly string[]) => Promise<ReadonlySet<string>>,
  isSlugExists: (error: unknown) => boolean,
  save: (slug: string) => Promise<T>,
): Promise<T> {
  if (wanted === '') return save('')
  const tried = new Set<string>()
  for (let attempt = 0; ; attempt++) {
    const slug = await findFree(wanted, tried, takenOf)
    tried.add(slug)
    try {
      return await save(slug)
    } catch (error) {
      if (attempt >= MAX_TRIES || !isSlugExists(error)) throw error
    }
  }
}

async function findFree(
  wanted: string,
  tried: ReadonlySet<string>,
  takenOf: (slugs: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<string> {
  for (let first = 1; ; first += 10) {
    const candidates = Array.from({ length: 10 }, (_, at) => first + at).map(number =>
      number === 1 ? shorten(wanted, '') : shorten(wanted, `-${number}`),
    )
    const taken = await takenOf(candidates)
    const free = candidates.find(slug => !taken.has(slug) && !tried.has(slug))
    if (free !== undefined) return free
  }
}
