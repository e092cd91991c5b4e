/** What somebody typed into the form of a shared page. */
export interface TypedNote {
  readonly author: string
  readonly text: string
}

/** Control characters, and the marks that turn the direction of what stands beside them: a text must look like what it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/**
 * Reads the fields of the form as plain text. Whatever it says stays data: nothing in it is markup, and nothing acts on it.
 * Answers what is wrong: `empty` or `long`; `limits` are counted in characters of the text as it would be kept.
 */
export function readNote(
  form: URLSearchParams,
  limits: { readonly author: number; readonly text: number },
): TypedNote | { readonly fault: 'empty' | 'long' } {
  const author = plain(form.get('author') ?? '').replaceAll(/\s+/g, ' ')
  const text = plain(form.get('note') ?? '')
  if (author === '' || text === '') return { fault: 'empty' }
  return author.length > limits.author || text.length > limits.text ? { fault: 'long' } : { author, text }
}

/** Lines end in a line feed; what can't be seen is left out. */
function plain(typed: string): string {
  return typed.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(UNSEEN, '').trim()
}
