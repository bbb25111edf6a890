/** A row of `rankings` as the draft that says the same, in SQL; a verdict is told where it is not `ranked`. */
export const rankingAsDraft = `json_patch(
  json_object('ratings', json(coalesce(ratings, '{}')), 'ranks', json(ranks)),
  json_object('verdict', nullif(verdict, 'ranked')))`;
