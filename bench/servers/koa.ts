import Koa from 'koa'
import { answer } from './answer.ts'
import { listen } from './listen.ts'

/** Koa alone: what the others are measured against. */
const app = new Koa()
app.use(answer)
await listen(app)
