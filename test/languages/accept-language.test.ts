import test from 'ava'
import { lookUp, readAcceptLanguage } from '../../src/languages/accept-language.ts'
import { cpuTime } from '../support/cpu-time.ts'

const WANTED: Record<string, string[]> = {
  '': [],
  '*': [],
  de: ['de'],
  'de-AT, de;q=0.9, en;q=0.5': ['de-AT', 'de', 'en'],
  'en;q=0.2,de;q=0.8': ['de', 'en'],
  'fr ; q=0.3 , de': ['de', 'fr'],
  'de;q=0, en': ['en'],
  'de;q=2, en;q=x, fr': ['fr'],
  ['x'.repeat(9)]: [],
  '<script>, de': ['de'],
}
for (const [header, tags] of Object.entries(WANTED)) {
  test(`Accept-Language: ${header.slice(0, 40)}`, t => t.deepEqual(readAcceptLanguage(header), tags))
}

test.serial('a long header costs no time', async t => {
  const header = `de;q=${' '.repeat(16_000)}x,${'a-'.repeat(8_000)},${'de,'.repeat(5_000)}`
  t.true((await cpuTime(() => readAcceptLanguage(header))) < 100)
})

test.serial('a long tag costs no time: a host may pass on a visitor’s text', async t => {
  const tags = ['-'.repeat(15_000), 'de-'.repeat(5_000), 'd'.repeat(15_000)]
  t.true((await cpuTime(() => tags.map(wanted => lookUp(wanted, THERE)))) < 100)
})

const THERE = ['en', 'de', 'pt-BR', 'zh-Hant', 'de-CH']
const FOUND: [wanted: string, found: string | undefined][] = [
  ['de', 'de'],
  ['DE', 'de'],
  ['de-AT', 'de'],
  ['de-CH-1996', 'de-CH'],
  ['pt', 'pt-BR'],
  ['pt-br', 'pt-BR'],
  ['zh-Hant-TW', 'zh-Hant'],
  ['fr', undefined],
  ['d', undefined],
]
for (const [wanted, found] of FOUND) {
  test(`${wanted} is found as ${found}`, t => t.is(lookUp(wanted, THERE), found))
}
