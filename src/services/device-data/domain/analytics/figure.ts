/** A computed figure with all that is needed to check it; `value` is null where there is not enough data. */
export interface Figure {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  /** Id and version of the formula. */
  readonly formula: string
  readonly enough: boolean
  readonly needs: string
  readonly inputs: Record<string, unknown>
  readonly missing: string[]
  readonly citation: string
  readonly limits: string
}

/** What of a figure is the same for everybody. */
export type FigureDefinition = Pick<Figure, 'name' | 'unit' | 'formula' | 'needs' | 'citation' | 'limits'>

/** The figure with its value; without one (or with one that is no number) it says that there is not enough data. */
export function figureOf(
  definition: FigureDefinition,
  value: number | undefined,
  inputs: Readonly<Record<string, unknown>>,
  decimals = 2,
): Figure {
  const isKnown = value !== undefined && Number.isFinite(value)
  return {
    ...definition,
    value: isKnown ? Math.round(value * 10 ** decimals) / 10 ** decimals : null,
    enough: isKnown,
    inputs: { ...inputs },
    missing: isKnown ? [] : [`not enough data: ${definition.needs}`],
  }
}
