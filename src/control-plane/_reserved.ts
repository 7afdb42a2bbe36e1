/**
 * Names that Kubernetes keeps for itself: `system:masters` may do everything, `system:node:...` is a kubelet. Nobody who comes from
 * outside may be given one, whatever an identity provider says.
 */
export const RESERVED = 'system:';

/** Whether names that begin so may turn out to be reserved: `system:x`, but also `sys`, if `tem:masters` follows. */
export function mayBecomeReserved(prefix: string): boolean {
  return prefix.startsWith(RESERVED) || RESERVED.startsWith(prefix);
}

/** Throws where a name is reserved. */
export function refuseReserved(what: string, name: string, remedy: string): void {
  if (name.startsWith(RESERVED)) throw new Error(`${what} '${name}' begins with '${RESERVED}', which Kubernetes keeps for its own: ${remedy}`);
}

/** What the API server is told to ask of every user that a token makes. */
export const NOT_RESERVED = [
  { expression: "!user.username.startsWith('system:')", message: 'user names that begin with system: are reserved' },
  { expression: "user.groups.all(group, !group.startsWith('system:'))", message: 'groups that begin with system: are reserved' },
];
