/** A line of CSV, quoted where PHP's `fputcsv()` quotes. */
export const csvLine = (cells: readonly string[]): string => cells.map(csvCell).join(',')

function csvCell(text: string): string {
  // A spreadsheet would run it as a formula.
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",\\\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
