/**
 * The share of a standard normal distribution below `z`, to about 16 digits and in the far tails to full relative accuracy.
 *
 * @see W. J. Cody 1969, "Rational Chebyshev approximations for the error function", Math. Comp. 23: Phi(z) = erfc(-z/sqrt 2)/2
 */
export function normalCdf(z: number): number {
  return complementaryError(-z * Math.SQRT1_2) / 2;
}

/**
 * The value below which `share` of a standard normal distribution lies, to about 16 digits.
 *
 * @returns undefined outside (0, 1), where it is infinite or does not exist
 * @see M. J. Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37(3), PPND16
 */
export function normalQuantile(share: number): number | undefined {
  if (!(share > 0 && share < 1)) return undefined;
  const offset = share - 0.5;
  if (Math.abs(offset) <= 0.425) {
    const r = 0.180625 - offset * offset;
    return (offset * horner(CENTRE, r)) / horner(UNDER_CENTRE, r);
  }
  const r = Math.sqrt(-Math.log(offset < 0 ? share : 1 - share));
  const size =
    r <= 5
      ? horner(SHOULDER, r - 1.6) / horner(UNDER_SHOULDER, r - 1.6)
      : horner(TAIL, r - 5) / horner(UNDER_TAIL, r - 5);
  return offset < 0 ? -size : size;
}

function complementaryError(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - (x * horner(ERF, x * x)) / horner(UNDER_ERF, x * x);
  const upper = scaledTail(size) * squareExponential(size);
  return x < 0 ? 2 - upper : upper;
}

// erfc(x) exp(x^2), for x > 0.46875.
function scaledTail(x: number): number {
  if (x <= 4) return horner(ERFC, x) / horner(UNDER_ERFC, x);
  const r = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - (r * horner(FAR, r)) / horner(UNDER_FAR, r)) / x;
}

// exp(-x^2), split at a multiple of 1/16 so that the square is exact and its error is not magnified.
function squareExponential(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
}

// Highest power first.
function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}

const ERF = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const UNDER_ERF = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const ERFC = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const UNDER_ERFC = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const FAR = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const UNDER_FAR = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

const CENTRE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const UNDER_CENTRE = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const SHOULDER = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const UNDER_SHOULDER = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const TAIL = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const UNDER_TAIL = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
];
