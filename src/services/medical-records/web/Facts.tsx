/** A term and what stands for it; `en` where that is English in any language, such as the title of a paper. */
export type Fact = readonly [term: string, text: string | null, lang?: 'en']

/** Terms and what stands for them; what nobody said is left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl>
      {facts.map(
        ([term, text, lang]) =>
          text !== null &&
          text !== '' && (
            <div key={`${term} ${text}`}>
              <dt>{term}</dt>
              <dd dir="auto" lang={lang}>
                {text}
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}
