import type { ClaimRules } from '../../contract/oidc.ts';
import { TenantIdSchema } from '../../contract/tenant.ts';
import { isAtLeast, type Principal, type Role } from '../../domain/principal.ts';

/** Shown to people and written down: nothing that could pass for something else. */
const SUBJECT = /^[\x21-\x7e]{1,200}$/;

/** undefined when the claims leave open who it is, of which tenant or with which role. */
export function principalOfClaims(
  claims: Readonly<Record<string, unknown>>,
  rules: ClaimRules,
): Principal | undefined {
  const { sub } = claims;
  const tenant = TenantIdSchema.safeParse(claimAt(claims, rules.tenantClaim) ?? rules.tenant);
  const role = highest([claimAt(claims, rules.roleClaim)].flat(), rules.roles);
  if (typeof sub !== 'string' || !SUBJECT.test(sub) || !tenant.success || !role) return undefined;
  return { tenant: tenant.data, role, actor: `oidc:${sub}` };
}

/** A claim of this very name, dots and all; else each part is a member of the one before. */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (inner, part) =>
        inner instanceof Object && Object.hasOwn(inner, part) ? Reflect.get(inner, part) : undefined,
      claims,
    );
}

function highest(values: unknown[], roles: ClaimRules['roles']): Role | undefined {
  return values
    .flatMap((value) =>
      typeof value === 'string' && Object.hasOwn(roles, value) ? (roles[value] ?? []) : [],
    )
    .reduce<Role | undefined>((best, role) => (best && isAtLeast(best, role) ? best : role), undefined);
}
