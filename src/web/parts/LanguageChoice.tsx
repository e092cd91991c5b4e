import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../../shared/languages.ts'
import { language, texts } from '../texts/catalogue.ts'
import { chooseLanguage } from '../texts/languages.ts'

/** Chooses the language of this device; each language is called what it calls itself. */
export function LanguageChoice() {
  const t = texts().more
  return (
    <label class="card row">
      <span class="field">
        <strong>{t.language}</strong>
        <small class="soft">{t.lookText}</small>
      </span>
      <span class="field">
        <select
          value={language()}
          onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
          aria-label={t.language}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one} selected={one === language()}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </select>
      </span>
    </label>
  )
}
