const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI)
const TAIL_SWITCH = 3
const TINY = 1e-300
const PRECISION = 1e-16
const MAXIMUM_STEPS = 500

/** Probability that a standard normal is at most `z`. */
export function normalCdf(z: number): number {
  return z < 0 ? normalUpperTail(-z) : 1 - normalUpperTail(z)
}

/** Probability that a standard normal is further from zero than `z`, kept precise far out. */
export function normalTwoSidedP(z: number): number {
  return Math.min(1, 2 * normalUpperTail(Math.abs(z)))
}

/**
 * The z with `normalCdf(z) = probability`; 0.975 gives 1.959964.
 * @param probability strictly between 0 and 1
 * @throws RangeError otherwise
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError('A probability lies strictly between 0 and 1')
  if (probability < 0.5) return -normalQuantileUpper(probability)
  return probability === 0.5 ? 0 : normalQuantileUpper(1 - probability)
}

/**
 * Two-sided p of Student's t.
 * @param degreesOfFreedom above 0
 * @throws RangeError otherwise
 */
export function studentTwoSidedP(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0)) throw new RangeError('Degrees of freedom must be above 0')
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 0
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
}

/** Probability that Student's t is at most `t`. @throws RangeError unless `degreesOfFreedom` is above 0 */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  const outside = studentTwoSidedP(t, degreesOfFreedom) / 2
  return t < 0 ? outside : 1 - outside
}

/** Upper tail for z >= 0: a series of positive terms near zero, Laplace's continued fraction further out. */
function normalUpperTail(z: number): number {
  const density = INVERSE_ROOT_TWO_PI * Math.exp((-z * z) / 2)
  if (z < TAIL_SWITCH) {
    let term = z
    let sum = z
    for (let odd = 3; term > sum * PRECISION; odd += 2) {
      term *= (z * z) / odd
      sum += term
    }
    return 0.5 - density * sum
  }
  let fraction = z
  for (let step = 120; step >= 1; step -= 1) fraction = z + step / fraction
  return density / fraction
}

/** The z > 0 whose upper tail is `tail` (below 0.5), by bisection on the tail itself. */
function normalQuantileUpper(tail: number): number {
  let low = 0
  let high = 40
  for (let step = 0; step < 80 && high - low > 1e-15 * high; step += 1) {
    const middle = (low + high) / 2
    if (normalUpperTail(middle) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Regularized incomplete beta function by its continued fraction (modified Lentz evaluation). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  let numerator = 1
  let denominator = awayFromZero(1 - ((a + b) * x) / (a + 1))
  denominator = 1 / denominator
  let result = denominator
  for (let step = 1; step <= MAXIMUM_STEPS; step += 1) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step))
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1))
    let change = 1
    for (const coefficient of [even, odd]) {
      denominator = 1 / awayFromZero(1 + coefficient * denominator)
      numerator = awayFromZero(1 + coefficient / numerator)
      change = denominator * numerator
      result *= change
    }
    if (Math.abs(change - 1) < PRECISION * 10) break
  }
  return front * result
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/** Logarithm of the gamma function for x > 0: Stirling's series, after raising the argument above 15. */
function logGamma(x: number): number {
  let shift = 0
  let raised = x
  while (raised < 15) {
    shift -= Math.log(raised)
    raised += 1
  }
  const square = raised * raised
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / raised
  return shift + (raised - 0.5) * Math.log(raised) - raised + 0.5 * Math.log(2 * Math.PI) + series
}
