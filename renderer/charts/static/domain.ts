/** What an axis reaches from and to. */
export type Domain = readonly [from: number, to: number];

/** Where a value stands on the axis, 0 to 1; beyond its ends it stands at the end. */
export const placeIn = ([from, to]: Domain, value: number): number =>
  to > from ? Math.max(0, Math.min(1, (value - from) / (to - from))) : 0.5;

/** Room around what is drawn, as a share of its extent. */
const MARGIN = 0.06;

/** An axis that holds all the values, with a little room at its ends; of one value alone, a room of one. */
export function domainOf(values: readonly number[]): Domain {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = high > low ? MARGIN * (high - low) : 0.5;
  return [low - room, high + room];
}
