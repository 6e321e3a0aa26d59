/**
 * Matches the start of a formula in a spreadsheet, in fullwidth and small forms too. It can be at the start of a cell, and
 * after any character that some spreadsheet treats as the end of a cell. Excel separates cells by ";" in German and French,
 * and recognizes quotes only at the start of a cell.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s"\p{Cc}\p{Cf}]*)(?=[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF1D\uFF0B\uFF0D\uFF20])/gu

/** A leading tab or line break, which some spreadsheets skip. */
const BREAK_FIRST = /^(?=[\s"]*[\t\r\n])/

const QUOTED = /[",;|\\\s\p{Cc}\p{Cf}]/u

/** Formats a line of CSV. It quotes what PHP's `fputcsv()` quotes, and what another separator would split. */
export const csvLine = (cells: readonly string[]): string => cells.map(csvCell).join(',')

/** A leading `'` makes a spreadsheet show the text instead of running it. */
function csvCell(text: string): string {
  const safe = text.replace(FORMULA, "$1$2'").replace(BREAK_FIRST, "'")
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
