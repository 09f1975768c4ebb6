/** Cents as dollars: `-$1,234.50`. */
export function usd(cents: number): string {
  const amount = (Math.abs(cents) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${cents < 0 ? "-" : ""}$${amount}`;
}

/** The same without the cents of a whole amount: `$225`, `$281.25`. */
export function shortUsd(cents: number): string {
  return usd(cents).replace(/\.00$/, "");
}

/** A text without its amounts of money, where nobody who looks on shall learn them: `budget *** against ***`. */
export function withoutMoney(text: string): string {
  return text.replace(/[-+−]?\$\d+(,\d{3})*(\.\d+)?/g, "***");
}

/** A number with so many decimals; one that rounds to zero has no sign. */
export function fixed(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/^-(?=[0.]*$)/, "");
}

/** A fraction as a percentage, with one decimal unless told. */
export function percent(fraction: number, decimals = 1): string {
  return `${fixed(fraction * 100, decimals)} %`;
}

/** A fraction that a person chose, as he would say it: 0.05 is `5 %`, 0.0125 is `1.25 %`. */
export function shortPercent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(12))} %`;
}
