/** Members of a REST answer that `_fields` asks for: `_fields=name,_links.self`. */
export function pickFields(body: unknown, fields: string): unknown {
  const paths = fields
    .split(',')
    .map(field => field.trim().split('.'))
    .filter(([first]) => first !== '')
  if (paths.length === 0) return body
  return Array.isArray(body) ? body.map(item => pick(item, paths)) : pick(body, paths)
}

function pick(value: unknown, paths: string[][]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const picked: [string, unknown][] = []
  for (const [name, member] of Object.entries(value)) {
    const below = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
    if (below.length === 0) continue
    picked.push([name, below.some(rest => rest.length === 0) ? member : pick(member, below)])
  }
  return Object.fromEntries(picked)
}
