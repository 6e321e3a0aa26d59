import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import test from 'ava'
import type { Context } from 'koa'
import { receiveUpload } from '../../../src/content-rest/uploads/receive-upload.ts'

test('a form whose client left before it is read is refused, and holds no place of the others', async t => {
  const store = { put: async () => t.fail() as never, remove: async () => {} }
  for (let time = 0; time < 30; time++) {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const req = Object.assign(new PassThrough(), { headers }).destroy()
    await once(req, 'close')
    const ctx = { request: {}, req, is: () => true, get: () => '' } as unknown as Context
    await t.throwsAsync(receiveUpload(ctx, { store, maxBytes: 1000 }), { code: 'incomplete_body' })
  }
})
