/** Who calls, as the authorizer found out. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The tenant of whoever runs the deployment: it has no limits, and its admins look after the others. */
export const ROOT = 'root';

export interface Principal {
  tenant: string;
  role: Role;
  /** Shown as `createdBy`: `token:<id>`. */
  actor: string;
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Each role may do what the lower ones may. */
export const isAtLeast = (role: Role, required: Role): boolean => RANK[role] >= RANK[required];
