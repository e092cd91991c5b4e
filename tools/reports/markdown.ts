/** The first lines of every generated page. */
export function pageHead(title: string, explanation: string): string {
  return `<!-- Written by \`npm run reports\`; a change made here is lost. -->\n\n# ${title}\n\n${explanation}\n`
}

/** A table; without rows the given sentence. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], ifEmpty = 'None.'): string {
  if (rows.length === 0) return `${ifEmpty}\n`
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Code in a line; nothing for nothing. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

/** Words as code, separated by commas. */
export function codes(words: readonly string[]): string {
  return words.map(code).join(', ')
}

/** A sentence ends with one full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
