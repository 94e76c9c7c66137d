// Telegram's own colour for a peer, so that a placeholder looks as it does in the app.

/** Telegram's peer gradients, top and bottom: red, orange, violet, green, cyan, blue, pink. */
export const PEER_GRADIENTS = [
  ['#ff885e', '#ff516a'],
  ['#ffcd6a', '#ffa85c'],
  ['#82b1ff', '#665fff'],
  ['#a0de7e', '#54cb68'],
  ['#00fcfd', '#4acccd'],
  ['#72d5fd', '#2a9ef1'],
  ['#e0a2f3', '#d669ed'],
] as const;

/** The peer colour of a Telegram user as an index 0–6: the id modulo seven. */
export function peerColourOf(userId: string): number {
  return Number(BigInt(userId) % BigInt(PEER_GRADIENTS.length));
}

/** A colour for an avatarId of nobody known: steady for the id, and no hint of a userId. */
export function strangerColourOf(avatarId: string): number {
  return avatarId.charCodeAt(0) % PEER_GRADIENTS.length;
}
