/**
 * What may begin a formula in a spreadsheet, also in its fullwidth and small forms: at the start of a cell, and after every
 * character that some spreadsheet takes for the end of one. Excel separates by ";" in German and French, and pays attention to
 * quotes only at a cell's start.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s"\p{Cc}\p{Cf}]*)(?=[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF1D\uFF0B\uFF0D\uFF20])/gu

/** A tab or a line break at the start, which some spreadsheets skip. */
const BREAK_FIRST = /^(?=[\s"]*[\t\r\n])/

const QUOTED = /[",;|\\\s\p{Cc}\p{Cf}]/u

/** A line of CSV. Quoted is what PHP's `fputcsv()` quotes, and what another separator would split. */
export const csvLine = (cells: readonly string[]): string => cells.map(csvCell).join(',')

/** A `'` makes a spreadsheet show the text instead of running it. */
function csvCell(text: string): string {
  const safe = text.replace(FORMULA, "$1$2'").replace(BREAK_FIRST, "'")
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
