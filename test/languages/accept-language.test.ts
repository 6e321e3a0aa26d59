import test from 'ava'
import { lookUp, readAcceptLanguage } from '../../src/languages/accept-language.ts'

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

test('a long header costs no time', t => {
  const began = performance.now()
  readAcceptLanguage(`de;q=${' '.repeat(16_000)}x,${'a-'.repeat(8_000)},${'de,'.repeat(5_000)}`)
  t.true(performance.now() - began < 100)
})

test('a long tag costs no time: a host may pass on a visitor’s text', t => {
  const began = performance.now()
  for (const wanted of ['-'.repeat(15_000), 'de-'.repeat(5_000), 'd'.repeat(15_000)]) lookUp(wanted, THERE)
  t.true(performance.now() - began < 100)
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
