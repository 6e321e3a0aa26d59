/**
 * What may begin a formula in a spreadsheet, fullwidth and small forms too: at the start of a cell, and after whatever any
 * spreadsheet takes for the end of one. Excel separates by ";" in German and French, and looks at quotes only at a cell's start.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s"\p{Cc}\p{Cf}]*)(?=[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF1D\uFF0B\uFF0D\uFF20])/gu

const QUOTED = /[",;|\\\s\p{Cc}\p{Cf}]/u

/** A line of CSV, quoted where PHP's `fputcsv()` quotes and where another separator would end a cell. */
export const csvLine = (cells: readonly string[]): string => cells.map(csvCell).join(',')

function csvCell(text: string): string {
  const safe = text.replace(FORMULA, "$1$2'")
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
