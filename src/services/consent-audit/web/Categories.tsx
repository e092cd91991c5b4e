import { Ticks } from '../../../web/parts/Form.tsx'
import type { FieldOf } from '../../../web/parts/fieldTable.ts'
import { categoryName, privacyEnglish, privacyTexts } from './texts.ts'

const SHOWN = Object.keys(privacyEnglish.categories)

interface CategoriesProps {
  readonly of: FieldOf<readonly string[]>
  readonly only?: readonly string[]
}

/** Boxes to tick, one a category. None is ticked: what is shared, somebody chose. */
export function Categories({ of, only = SHOWN }: CategoriesProps) {
  const t = privacyTexts().sharing
  const options = only.map((one) => [one, categoryName(one)] as const)
  return <Ticks of={of} isRequired label={t.what} hint={t.whatHint} options={options} />
}
