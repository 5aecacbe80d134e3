import type { Identity } from '@giggityflix/http';
import type { Requirement } from '../../graph/requirement.ts';
import type { Policies, Requester } from './policies.ts';
import type { Restrictions } from './restrictions.ts';

/** What is done with an operation that selects what its requester may not see: go on without it, or refuse all of it. */
export type OnUnauthorized = 'filter' | 'reject';

/** The coordinates of the fields that someone may not select, or why that could not be decided. */
export type Decision = { ok: true; denied: ReadonlySet<string> } | { ok: false; error: unknown };

const NOTHING: ReadonlySet<string> = new Set();

/** Decides what of an operation its requester may not see. */
export function decide(
  restrictions: Restrictions,
  requester: Requester,
  policies: Policies,
): Decision | Promise<Decision> {
  const { identity } = requester;
  const decided = (granted: ReadonlySet<string>): Decision => ({
    ok: true,
    denied: deniedTo(restrictions, identity, granted),
  });
  if (restrictions.policies.length === 0) return decided(NOTHING);
  try {
    const granted = policies(requester, restrictions.policies);
    return granted instanceof Promise
      ? granted.then(decided).catch((error: unknown) => ({ ok: false, error }))
      : decided(granted);
  } catch (error) {
    return { ok: false, error };
  }
}

function deniedTo(
  restrictions: Restrictions,
  identity: Identity | null,
  granted: ReadonlySet<string>,
): ReadonlySet<string> {
  const unmet = new Set<Requirement>();
  for (const requirement of restrictions.requirements)
    if (!isMet(requirement, identity, granted)) unmet.add(requirement);
  if (unmet.size === 0) return NOTHING;
  const denied = new Set<string>();
  for (const [coordinate, required] of restrictions.fields)
    if (required.some((requirement) => unmet.has(requirement))) denied.add(coordinate);
  return denied;
}

function isMet(requirement: Requirement, identity: Identity | null, granted: ReadonlySet<string>): boolean {
  switch (requirement.kind) {
    case 'authenticated':
      return identity !== null;
    case 'scopes':
      if (identity === null) return false;
      if (identity.scopes === 'any') return true;
      return holds(requirement.anyOf, new Set(identity.scopes));
    case 'policies':
      return holds(requirement.anyOf, granted);
  }
}

/** An empty list of alternatives cannot be met; an empty alternative always is. */
function holds(anyOf: readonly (readonly string[])[], names: ReadonlySet<string>): boolean {
  return anyOf.some((needed) => needed.every((name) => names.has(name)));
}
