// What stands where no photo is, as the CDN's placeholder has it: initials on the peer gradient.

import { initialsOf } from '../../core/initials.ts';
import { PEER_GRADIENTS, peerColourOf, strangerColourOf } from '../../core/peer-colour.ts';
import type { PartnerRecord } from '../core/types.ts';

/** The peer gradient as a CSS image, by the id until a record tells the colour. */
export function gradientOf(id: string, record: PartnerRecord | undefined): string {
  const colour = record?.colour ?? (/\D/.test(id) ? strangerColourOf(id) : peerColourOf(id));
  return `linear-gradient(${PEER_GRADIENTS[colour]})`;
}

/** The initials of the name, or of the record; none for whoever has neither, such as a deleted account. */
export function initialsFor(name: string | undefined, record: PartnerRecord | undefined) {
  return name ? initialsOf(name) : record?.initials;
}
