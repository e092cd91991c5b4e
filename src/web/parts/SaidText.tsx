import type { Said } from '../texts/serverWords.ts'

/** What is said in the person's language, and behind it the server's own English where that says more. */
export function SaidText({ said: { text, english } }: { readonly said: Said }) {
  return (
    <>
      {text}
      {english !== undefined && english !== '' && (
        <small lang="en" dir="ltr" class="server">
          {english}
        </small>
      )}
    </>
  )
}
