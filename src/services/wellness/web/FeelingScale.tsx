import { useState } from 'preact/hooks'
import { complain } from '../../../web/parts/Toast.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { recordFeeling } from './record.ts'

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/** One tap records how the person feels now. */
export function FeelingScale() {
  const t = recordTexts().wellness
  const [busy, setBusy] = useState<number>()
  const pick = async (score: number) => {
    if (busy !== undefined) return
    setBusy(score)
    await recordFeeling(score).catch(complain)
    setBusy(undefined)
  }
  return (
    <div class="feeling">
      <fieldset class="scale">
        <legend class="unseen">{t.question}</legend>
        {SCORES.map((score) => (
          <button
            key={score}
            type="button"
            class={`score s${score}`}
            aria-busy={busy === score}
            aria-label={t.scoreLabel(score)}
            onClick={() => void pick(score)}
          >
            {score}
          </button>
        ))}
      </fieldset>
      <p class="ends" aria-hidden="true">
        <span>{t.worst}</span>
        <span>{t.best}</span>
      </p>
    </div>
  )
}
