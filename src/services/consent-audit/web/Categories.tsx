import { categoryName, privacyEnglish, privacyTexts } from './texts.ts'

const SHOWN = Object.keys(privacyEnglish.categories)

/** Boxes to tick, one a category. None is ticked: what is shared, somebody chose. */
export function Categories({ only = SHOWN }: { readonly only?: readonly string[] }) {
  const t = privacyTexts().sharing
  return (
    <fieldset class="ticks">
      <legend>{t.what}</legend>
      <p class="hint">{t.whatHint}</p>
      <div class="tick-grid">
        {only.map((category) => (
          <label key={category}>
            <input type="checkbox" name={`category:${category}`} />
            <span>{categoryName(category)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** The categories that were ticked. */
export function tickedOf(values: Readonly<Record<string, string>>): string[] {
  return SHOWN.filter((category) => values[`category:${category}`] === 'on')
}
