/** Terms and what stands for them; what nobody said is left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [term: string, text: string | null])[] }) {
  return (
    <dl>
      {facts.map(
        ([term, text]) =>
          text !== null &&
          text !== '' && (
            <div key={term}>
              <dt>{term}</dt>
              <dd dir="auto">{text}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
