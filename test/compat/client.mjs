// A small HTTP client for the compatibility scenarios: one cookie jar, no redirects followed.
export class Client {
  constructor(base) {
    this.base = base.replace(/\/$/, '')
    this.jar = {}
  }

  async send(method, path, { headers = {}, body, json, form, cookies = true } = {}) {
    const h = { ...headers }
    if (cookies && Object.keys(this.jar).length)
      h.cookie = Object.entries(this.jar)
        .map(([k, v]) => `${k}=${v}`)
        .join('; ')
    if (json !== undefined) {
      h['content-type'] ??= 'application/json'
      body = JSON.stringify(json)
    }
    if (form !== undefined) {
      h['content-type'] ??= 'application/x-www-form-urlencoded'
      body = new URLSearchParams(form).toString()
    }
    const url = /^https?:/.test(path) ? path : this.base + path
    const r = await fetch(url, { method, headers: h, body, redirect: 'manual' })
    if (cookies)
      for (const c of r.headers.getSetCookie()) {
        const [kv] = c.split(';')
        const i = kv.indexOf('=')
        const k = kv.slice(0, i),
          v = kv.slice(i + 1)
        if (/expires=.*19[67]\d|max-age=0/i.test(c) || v === '' || v === '%20' || v === '+') delete this.jar[k]
        else this.jar[k] = v
      }
    const text = await r.text()
    let data
    try {
      data = JSON.parse(text)
    } catch {
      data = undefined
    }
    return { status: r.status, headers: r.headers, text, data }
  }

  async login(user, password) {
    await this.send('GET', '/wp-login.php')
    const page = await this.send('GET', '/wp-login.php')
    const hidden = {}
    for (const m of page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const n = /name="([^"]*)"/.exec(m[0])?.[1],
        v = /value="([^"]*)"/.exec(m[0])?.[1] ?? ''
      if (n) hidden[n] = v
    }
    const r = await this.send('POST', '/wp-login.php', {
      form: { ...hidden, log: user, pwd: password, 'wp-submit': 'Log In', redirect_to: `${this.base}/wp-admin/` },
    })
    if (r.status !== 302) throw new Error(`login of ${user} failed: ${r.status}`)
    return r
  }

  async nonce() {
    const r = await this.send('GET', '/wp-admin/admin-ajax.php?action=rest-nonce')
    if (r.status !== 200 || !/^\S{6,}$/.test(r.text.trim())) throw new Error(`no REST nonce: ${r.status}`)
    return r.text.trim()
  }
}

export const basic = (user, password) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`,
})

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
function normalise(value, base, key = '') {
  if (Array.isArray(value)) return value.map(v => normalise(v, base, key))
  if (value && typeof value === 'object')
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map(k => [k, normalise(value[k], base, k)]),
    )
  if (typeof value !== 'string') return value
  if (key === 'message' || key === 'description' || key === 'details') return '<text>'
  let s = value.split(base).join('<site>').split(encodeURIComponent(base)).join('<site-encoded>')
  s = s.replace(UUID, u => (u.startsWith('00000000') || u.startsWith('11111111') ? u : '<uuid>'))
  s = s.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, '<date>')
  if (key === 'password') s = s.replace(/^([A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}$/, '<chunked password>')
  return s
}

// What of an answer is compared: status, the named headers, and the JSON body.
export function observe(r, base, { headers = [], body = true } = {}) {
  const o = { status: r.status }
  for (const h of headers) o[h] = normalise(r.headers.get(h), base) ?? null
  if (body) o.body = r.data === undefined ? (r.text === '' ? '' : '<not JSON>') : normalise(r.data, base)
  return o
}
