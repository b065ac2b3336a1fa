/** Who calls, as the authorizer found out. */
export type Role = 'viewer' | 'operator' | 'admin';

export interface Principal {
  tenant: string;
  role: Role;
  /** Shown as `createdBy`: `token:<id>`. */
  actor: string;
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Each role may do what the lower ones may. */
export const isAtLeast = (role: Role, required: Role): boolean => RANK[role] >= RANK[required];
